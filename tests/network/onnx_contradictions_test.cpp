#include "tests/network/onnx_models.hpp"

namespace tram {
namespace {

using Attributes = std::map<std::string, OnnxAttribute>;
using Floats = std::vector<float>;

const std::map<std::string, OnnxTensor>& parameters() {
  static const std::map<std::string, OnnxTensor> all = {{"w", ramp({5, 4, 3, 3})},
                                                        {"b", ramp({5})},
                                                        {"four", ramp({4})},
                                                        {"wide", ramp({6})},
                                                        {"negative", {{4}, Floats{1, 1, -1, 1}}},
                                                        {"axes", {{1}, Integers{2}}}};
  return all;
}

std::string error_of(const std::string& type, std::vector<std::string> inputs, Attributes attributes = {}) {
  return node_error(type, std::move(inputs), std::move(attributes), parameters(), 18);
}

TEST(OnnxContradictions, OfConvolutions) {
  EXPECT_EQ(error_of("Conv", {"x", "w"}, {{"kernel_shape", Integers{5, 5}}}),
            "kernel_shape [5, 5] with a weight of shape [5, 4, 3, 3]; equal ones are expected");
  EXPECT_EQ(error_of("Conv", {"x", "w", "wide"}), "bias of shape [6]; [5] is expected");
  EXPECT_EQ(error_of("Conv", {"x", "w", "b", "b"}), "4 inputs; 2 .. 3 expected");
  EXPECT_EQ(error_of("Conv", {"x", "w"}, {{"alpha", 1.0F}}),
            "attribute alpha; auto_pad, dilations, group, kernel_shape, pads, strides are expected");
  EXPECT_EQ(error_of("Conv", {"x", "w"}, {{"group", 1.0F}}),
            "attribute group is something else; an integer is expected");
  EXPECT_EQ(error_of("Conv", {"x", ""}), "input 1 is left out; one is expected");
}

TEST(OnnxContradictions, OfNorms) {
  const std::vector<std::string> inputs = {"x", "four", "four", "four", "negative"};
  EXPECT_EQ(error_of("BatchNormalization", inputs), "variance -1 and epsilon 1e-05; a sum above 0 is expected");
  EXPECT_EQ(error_of("BatchNormalization", inputs, {{"epsilon", NAN}}),
            "attribute epsilon is something else; a finite number is expected");
  EXPECT_EQ(error_of("BatchNormalization", inputs, {{"epsilon", -1.0F}}),
            "variance 1 and epsilon -1; a sum above 0 is expected");
  EXPECT_EQ(error_of("BatchNormalization", {"x", "four"}), "2 inputs; 5 expected");
  EXPECT_EQ(error_of("BatchNormalization", inputs, {{"training_mode", int64_t{2}}}),
            "attribute training_mode is something else; 0 or 1 is expected");
  EXPECT_EQ(error_of("LayerNormalization", {"x", "four"}, {{"epsilon", -1.0F}}),
            "epsilon -1 and stash_type 1; at least 0, and 1 (fp32), are expected");
}

TEST(OnnxContradictions, OfOtherOperators) {
  EXPECT_EQ(error_of("Relu", {"x", "x"}), "2 inputs; 1 expected");
  EXPECT_EQ(error_of("Relu", {"x"}, {{"alpha", 1.0F}}), "attribute alpha; none is expected");
  EXPECT_EQ(error_of("MaxPool", {"x"}), "no attribute kernel_shape; one is expected");
  EXPECT_EQ(error_of("ReduceMean", {"x", "axes"}, {{"axes", Integers{2}}}),
            "axes as an attribute and as an input; one of them is expected");
  EXPECT_EQ(error_of("Dropout", {"x", "", "axes"}),
            "exported for training; a model exported for inference is expected");
  EXPECT_EQ(error_of("Gelu", {"x"}, {{"approximate", std::string("tanh")}}), "approximate tanh; none is expected");
  EXPECT_EQ(error_of("Split", {"x"}, {{"axis", int64_t{1}}, {"num_outputs", int64_t{2}}}),
            "num_outputs 2 with 0 sizes and 1 outputs; its number of outputs, or sizes, are expected");
}

TEST(OnnxContradictions, AddendsThatAreNoNumbers) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const float value : {infinity, std::numeric_limits<float>::quiet_NaN()})
    EXPECT_EQ(node_error("Add", {"x", "c"}, {}, {{"c", {{}, Floats{value}}}}),
              "adds NaN or infinity; finite numbers, or -infinity in a mask, are expected");
}

TEST(OnnxContradictions, OfTheDeclaredOutput) {
  const OnnxNode relu{"/n", "Relu", {"x"}, {"y"}, {}};
  OnnxModel model = model_of({1, 4, 1, 1}, {relu});
  model.output_shape = {1, 4, -1, 1};
  EXPECT_EQ(import_error(model), "none");
  model.output_shape = {1, 5, -1, 1};
  EXPECT_EQ(import_error(model),
            "net.onnx: output y is declared as [1, 5, -1, 1] (-1: free); [1, 4, 1, 1], what its "
            "nodes give, is expected");
}

/// All nodes that cannot be run are in one message, whatever the reason, also behind others; what needs nothing of them
/// is not.
TEST(OnnxContradictions, AllNodesThatCannotBeRunAreNamedAtOnce) {
  const OnnxNode leaky{"/a", "LeakyRelu", {"x"}, {"a"}, {}}, relu{"/b", "Relu", {"a"}, {"b"}, {}};
  const OnnxNode conv{"/c", "Conv", {"x", "w"}, {"c"}, {{"kernel_shape", Integers{1, 1}}}};
  const OnnxNode resize{"/d", "Resize", {"b"}, {"d"}, {}}, sum{"/e", "Add", {"d", "c"}, {"e"}, {}};
  const std::string error = import_error(model_of({1, 4, 6, 6}, {leaky, relu, conv, resize, sum}, parameters()));
  EXPECT_EQ(error.find("net.onnx: 3 nodes cannot be run: (1) /a (LeakyRelu): operator is not supported (2) /c (Conv): "
                       "kernel_shape [1, 1] with a weight of shape [5, 4, 3, 3]; equal ones are expected (3) /d "
                       "(Resize): operator is not supported; one of Add, AveragePool,"),
            0U)
      << error;
}

TEST(OnnxContradictions, OnlyTheFirstTwentyAreNamed) {
  std::vector<OnnxNode> nodes;
  for (int i = 0; i < 50; ++i)
    nodes.push_back({fmt::format("/n{}", i), "LeakyRelu", {"x"}, {fmt::format("y{}", i)}, {}});
  OnnxNode sum{"/sum", "Concat", {}, {"y"}, {{"axis", int64_t{1}}}};
  for (const OnnxNode& node : nodes) sum.inputs.push_back(node.outputs[0]);
  nodes.push_back(sum);
  const std::string error = import_error(model_of({1, 4, 6, 6}, nodes));
  EXPECT_NE(error.find("(20) /n19 (LeakyRelu): operator is not supported and 30 more; one of"), std::string::npos)
      << error;
}

}  // namespace
}  // namespace tram
