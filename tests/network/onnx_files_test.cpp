#include <onnx/onnx_pb.h>

#include <cmath>
#include <functional>

#include "models/network/float_inference.hpp"
#include "models/network/load_network.hpp"
#include "models/support/atomic_file.hpp"
#include "tests/network/onnx_models.hpp"
#include "tests/network/temporary_file.hpp"

// Files as such: what their messages say, before the nodes are understood.

namespace tram {
namespace {

using Change = std::function<void(onnx::ModelProto&)>;

void add_value(onnx::ValueInfoProto& value, const std::string& name, const std::vector<int64_t>& shape) {
  value.set_name(name);
  auto* type = value.mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  for (const int64_t extent : shape) type->mutable_shape()->add_dim()->set_dim_value(extent);
}

onnx::TensorProto tensor(const std::string& name, const std::vector<int64_t>& shape, const std::vector<float>& values) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const int64_t extent : shape) tensor.add_dims(extent);
  for (const float value : values) tensor.add_float_data(value);
  return tensor;
}

onnx::NodeProto node(const std::string& type, const std::vector<std::string>& inputs, const std::string& output) {
  onnx::NodeProto node;
  node.set_op_type(type);
  node.set_name("/" + output);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

/// y = Conv(x, w) with w = [[1, 2], [3, 4]] on [1, 2, 1, 1].
onnx::ModelProto small_model() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(13);
  onnx::GraphProto& graph = *model.mutable_graph();
  add_value(*graph.add_input(), "x", {1, 2, 1, 1});
  *graph.add_initializer() = tensor("w", {2, 2, 1, 1}, {1, 2, 3, 4});
  *graph.add_node() = node("Conv", {"x", "w"}, "y");
  add_value(*graph.add_output(), "y", {1, 2, 1, 1});
  return model;
}

std::string error_with(const Change& change) {
  onnx::ModelProto model = small_model();
  change(model);
  return error_of([&] { import_onnx(parse_onnx("net.onnx", model.SerializeAsString()), "net"); });
}

/// The error when the convolution reads another value than x.
std::string error_when_reading(const std::string& name) {
  return error_with([&](auto& model) { model.mutable_graph()->mutable_node(0)->set_input(0, name); });
}

onnx::TensorProto& weight(onnx::ModelProto& model) { return *model.mutable_graph()->mutable_initializer(0); }

TEST(OnnxFiles, TheSmallModelIsRead) {
  EXPECT_EQ(error_with([](auto&) {}), "none");
  for (const int64_t opset : {11, 18, 21})
    EXPECT_EQ(error_with([&](auto& model) { model.mutable_opset_import(0)->set_version(opset); }), "none");
  EXPECT_EQ(error_with([](auto& model) { model.mutable_opset_import(0)->set_version(22); }),
            "net.onnx: opset 22; 11 .. 21 is expected");
}

/// The import keeps a softmax at the end; what programs load are the logits before it.
TEST(OnnxFiles, ProgramsLoadTheLogitsBeforeASoftmax) {
  onnx::ModelProto model = small_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  *graph.mutable_node(0) = node("Conv", {"x", "w"}, "c");
  *graph.add_node() = node("Flatten", {"c"}, "f");
  *graph.add_node() = node("Softmax", {"f"}, "y");
  graph.clear_output();
  add_value(*graph.add_output(), "y", {1, 2});
  static const TemporaryFile file("softmax.onnx");
  write_file(file.path(), model.SerializeAsString());
  const Tensor image = {{1, 1, 2}, {1, 0.5F}};
  const NetworkGraph loaded = load_network(file.path().string(), std::filesystem::path());
  EXPECT_EQ(FloatInference(loaded).logits(image), (std::vector<float>{2, 5}));
  const std::vector<float> whole = FloatInference(import_onnx(file.path())).logits(image);
  ASSERT_EQ(whole.size(), 2U);
  EXPECT_NEAR(whole[0], 1 / (1 + std::exp(3.0)), 1e-6);
}

/// Files of IR version 3 list initialisers as inputs too.
TEST(OnnxFiles, InitialisersAmongTheInputsAreNone) {
  const auto listed = [](const std::vector<int64_t>& shape) {
    return error_with([&](auto& model) { add_value(*model.mutable_graph()->add_input(), "w", shape); });
  };
  EXPECT_EQ(listed({2, 2, 1, 1}), "none");
  EXPECT_EQ(listed({2, 3, 1, 1}),
            "net.onnx, input w: shape [2, 3, 1, 1] of an initialiser of [2, 2, 1, 1]; equal ones are expected");
}

TEST(OnnxFiles, NamesDefinedTwice) {
  EXPECT_EQ(error_with([](auto& model) { *model.mutable_graph()->add_initializer() = weight(model); }),
            "net.onnx, tensor w: an initialiser of no name, or of one used before; a name of its own is expected");
  EXPECT_EQ(error_with([](auto& model) {
              add_value(*model.mutable_graph()->add_input(), "x", {1, 2, 1, 1});
            }),
            "net.onnx, input x: is there twice; one is expected");
  EXPECT_EQ(error_with([](auto& model) { *model.mutable_graph()->add_node() = model.graph().node(0); }),
            "net.onnx, node /y (Conv): defines y again; a new name is expected");
  EXPECT_EQ(error_with([](auto& model) {
              for (int i = 0; i < 2; ++i) {
                onnx::AttributeProto& group = *model.mutable_graph()->mutable_node(0)->add_attribute();
                group.set_name("group");
                group.set_type(onnx::AttributeProto::INT);
                group.set_i(1);
              }
            }),
            "net.onnx, node /y (Conv): attribute group is there twice; one is expected");
}

TEST(OnnxFiles, GraphsThatDoNotHold) {
  EXPECT_EQ(error_when_reading("z"),
            "net.onnx, node /y (Conv): reads z, which nothing before it defines; an earlier value is expected");
  EXPECT_EQ(error_when_reading("y"),
            "net.onnx, node /y (Conv): reads y, which nothing before it defines; an earlier value is expected");
  EXPECT_EQ(error_with([](auto& model) { model.mutable_graph()->mutable_output(0)->set_name("z"); }),
            "net.onnx: output z is defined by no node; one that is defined is expected");
  EXPECT_EQ(error_with([](auto& model) {
              add_value(*model.mutable_graph()->add_output(), "x", {1, 2, 1, 1});
            }),
            "net.onnx: inputs x, outputs y, x; one of each is expected");
  EXPECT_EQ(error_with([](auto& model) { add_value(*model.mutable_graph()->add_input(), "z", {1}); }),
            "net.onnx: inputs x, z, outputs y; one of each is expected");
  EXPECT_EQ(error_with([](auto& model) { add_value(*model.mutable_graph()->mutable_output(0), "y", {4}); }),
            "net.onnx: output y is declared as [1, 2, 1, 1, 4] (-1: free); [1, 2, 1, 1], what its nodes give, is "
            "expected");
  EXPECT_EQ(error_with([](auto& model) {
              model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
                  onnx::TensorProto::UINT8);
            }),
            "net.onnx, input x: type UINT8; a tensor of FLOAT is expected");
}

/// A quantised model is refused by its operators, not by the type of their arguments.
TEST(OnnxFiles, OperatorsAreNamedBeforeTensorsOfOtherTypes) {
  const std::string error = error_with([](auto& model) {
    onnx::GraphProto& graph = *model.mutable_graph();
    onnx::TensorProto& zero = *graph.add_initializer();
    zero = tensor("z", {}, {});
    zero.set_data_type(onnx::TensorProto::UINT8);
    zero.add_int32_data(0);
    *graph.mutable_node(0) = node("QuantizeLinear", {"x", "w", "z"}, "q");
    *graph.add_node() = node("DequantizeLinear", {"q", "w", "z"}, "d");
    *graph.add_node() = node("Conv", {"d", "w"}, "y");
  });
  EXPECT_EQ(error.find("net.onnx: 2 nodes cannot be run: (1) /q (QuantizeLinear): operator is not supported (2) /d "
                       "(DequantizeLinear): operator is not supported; one of Add,"),
            0U)
      << error;
}

TEST(OnnxFiles, OperatorsOfOthersAreNamedWithTheirDomain) {
  const std::string error = error_with([](auto& model) {
    const std::string domain = "com.microsoft";
    model.mutable_graph()->mutable_node(0)->set_domain(domain);
  });
  EXPECT_EQ(error.find("net.onnx, node /y (com.microsoft.Conv): operator is not supported; one of Add,"), 0U) << error;
}

TEST(OnnxFiles, TensorsWhoseValuesDoNotFit) {
  EXPECT_EQ(error_with([](auto& model) { weight(model).add_float_data(5); }),
            "net.onnx, tensor w: 5 values; 4 are expected");
  EXPECT_EQ(error_with([](auto& model) { weight(model).set_raw_data(std::string(16, '\0')); }),
            "net.onnx, tensor w: values in 2 fields; one field is expected");
  EXPECT_EQ(error_with([](auto& model) {
              weight(model).clear_float_data();
              weight(model).set_raw_data(std::string(15, '\0'));
            }),
            "net.onnx, tensor w: 15 bytes; 16 are expected");
  EXPECT_EQ(error_with([](auto& model) { weight(model).set_data_type(onnx::TensorProto::INT64); }),
            "net.onnx, tensor w: 0 values; 4 are expected");
  EXPECT_EQ(error_with([](auto& model) { weight(model).set_data_type(onnx::TensorProto::FLOAT16); }),
            "net.onnx, node /y (Conv): tensor w is of type FLOAT16; FLOAT, DOUBLE, INT64, INT32 or BOOL is expected");
  EXPECT_EQ(error_with([](auto& model) { weight(model).set_dims(0, -2); }),
            "net.onnx, tensor w: shape [-2, 2, 1, 1]; at most 2^30 elements are expected");
  EXPECT_EQ(error_with([](auto& model) {
              weight(model).clear_float_data();
              for (int axis : {0, 1, 2}) weight(model).set_dims(axis, int64_t{1} << 40);
              weight(model).set_dims(3, 0);
            }),
            "net.onnx, tensor w: shape [1099511627776, 1099511627776, 1099511627776, 0]; at most 2^30 elements are "
            "expected");
  EXPECT_EQ(error_with([](auto& model) {
              auto& entry = *weight(model).add_external_data();
              entry.set_key("location");
              entry.set_value("../../etc/passwd");
            }),
            "net.onnx, tensor w: its values are kept in another file; a file that holds its own is expected");
}

}  // namespace
}  // namespace tram
