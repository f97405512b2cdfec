#include <gtest/gtest.h>

#include <random>

#include "models/network/float_inference.hpp"
#include "models/support/atomic_file.hpp"
#include "tests/network/onnx_models.hpp"
#include "tests/network/temporary_file.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

std::string committed_model(const char* name) {
  return read_file(std::filesystem::path(TRAM_SOURCE_DIR) / "tests" / "network" / "onnx" / name);
}

std::string parse_error(const std::string& bytes) {
  return error_of([&] { import_onnx(parse_onnx("net.onnx", bytes), "net"); });
}

TEST(OnnxErrors, FilesThatAreNoModelsAreRefusedByName) {
  const std::string broken = "net.onnx: cut off, or no ONNX file; an ONNX model is expected";
  EXPECT_EQ(parse_error(""), broken);
  EXPECT_EQ(parse_error("this is no protobuf"), broken);
  const std::string whole = committed_model("vit_pooled_opset15.onnx");
  EXPECT_EQ(parse_error(whole), "none");
  EXPECT_EQ(parse_error(whole.substr(0, whole.size() / 2)), broken);
  static const TemporaryFile file("garbage.onnx");
  write_file(file.path(), "\x12garbage");
  EXPECT_EQ(error_of([] { import_onnx(file.path()); }).find(file.path().string() + ": "), 0U);
  EXPECT_THROW(import_onnx("/nonexistent/net.onnx"), InputError);
}

TEST(OnnxErrors, EveryTruncationIsRefused) {
  const std::string whole = committed_model("vit_pooled_opset15.onnx");
  for (size_t size = 0; size < whole.size(); size += 1 + size % 7) {
    const std::string error = parse_error(whole.substr(0, size));
    ASSERT_EQ(error.find("net.onnx"), 0U) << size << error;
  }
}

TEST(OnnxErrors, CorruptBytesNeverCrash) {
  std::mt19937 generator(1);
  for (const char* name : {"vit_pooled_opset15.onnx", "mobilenet_opset11.onnx", "cifar_resnet_opset12.onnx",
                           "vit_torchvision_opset14.onnx"}) {
    const std::string whole = committed_model(name);
    int refused = 0;
    for (int trial = 0; trial < 400; ++trial) {
      std::string bytes = whole;
      for (int change = 0; change <= trial % 4; ++change)
        bytes[generator() % whole.size()] = static_cast<char>(generator());
      const std::string error = parse_error(bytes);
      ASSERT_TRUE(error == "none" || error.starts_with("net.onnx")) << error;
      refused += error != "none";
    }
    EXPECT_GT(refused, 20) << name;  // most changes hit weights
  }
}

TEST(OnnxErrors, UnsupportedOperatorsAreNamedByNode) {
  EXPECT_EQ(node_error("LeakyRelu", {"x"}).find("operator is not supported; one of Add, AveragePool,"), 0U);
}

TEST(OnnxErrors, InputsAndOutputs) {
  const OnnxNode relu{"/n", "Relu", {"x"}, {"y"}, {}};
  EXPECT_EQ(import_error(model_of({1, 4, -1, 6}, {relu})),
            "net.onnx: input x of shape [1, 4, -1, 6] (-1: free); [images, channels, height, width] with at most 2^25 "
            "elements an image is expected");
  EXPECT_EQ(import_error(model_of({1, 4, 6, 6}, {relu})),
            "net.onnx: output y of shape [1, 4, 6, 6] is no row of logits; [1, classes] is expected");
  OnnxModel two = model_of({1, 4, 1, 1}, {relu});
  two.inputs.push_back({"z", {1, 4, 1, 1}});
  EXPECT_EQ(import_error(two), "net.onnx: inputs x, z, outputs y; one of each is expected");
  for (const int64_t images : {-1, 8})  // a free batch, and a fixed one
    EXPECT_EQ(import_error(model_of({images, 4, 1, 1}, {relu})), "none");
}

TEST(OnnxErrors, Convolutions) {
  const auto error = [](std::map<std::string, OnnxAttribute> attributes) {
    return node_error("Conv", {"x", "w"}, std::move(attributes), {{"w", ramp({5, 4, 3, 3})}});
  };
  EXPECT_EQ(error({{"pads", Integers{0, 0, 1, 1}}}),
            "pads [0, 0, 1, 1]; the same on all four sides, 0 .. 16384, is expected");
  EXPECT_EQ(error({{"strides", Integers{1, 2}}}), "strides [1, 2]; two equal numbers, 1 .. 16384, are expected");
  EXPECT_EQ(error({{"dilations", Integers{2, 2}}}), "dilations [2, 2]; 1 is expected");
  EXPECT_EQ(error({{"auto_pad", std::string("SAME_UPPER")}, {"strides", Integers{2, 2}}}),
            "auto_pad SAME_UPPER gives pads [0, 0, 1, 1]; the same on all four sides, 0 .. 16384, is expected");
  EXPECT_EQ(error({{"auto_pad", std::string("SAME_LOWER")}, {"strides", Integers{2, 2}}}),
            "auto_pad SAME_LOWER gives pads [1, 1, 0, 0]; the same on all four sides, 0 .. 16384, is expected");
  EXPECT_EQ(error({{"auto_pad", std::string("VALID")}, {"pads", Integers{1, 1, 1, 1}}}),
            "pads [1, 1, 1, 1] beside auto_pad VALID; one of them is expected");
  EXPECT_EQ(error({{"auto_pad", std::string("SAME")}}),
            "auto_pad SAME; NOTSET, VALID, SAME_UPPER or SAME_LOWER is expected");
  EXPECT_EQ(error({{"group", int64_t{3}}}), "3 groups of 4 channels; a divisor of the channels is expected");
  EXPECT_EQ(error({{"group", int64_t{2}}}),
            "weight of shape [5, 4, 3, 3]; 4 dimensions with 2 input channels are expected");
  EXPECT_EQ(node_error("Conv", {"x", "x"}), "input 1 is not a constant of floating-point numbers; one is expected");
}

TEST(OnnxErrors, LayoutAndReductions) {
  EXPECT_EQ(node_error("Softmax", {"x"}, {{"axis", int64_t{2}}}),
            "over axis 2 of [1, 4, 6, 6]; the channels or keys of each position are expected");
  EXPECT_EQ(node_error("Softmax", {"x"}, {}, {}, 12),
            "over axis 1 of [1, 4, 6, 6]; the channels or keys of each position are expected");
  EXPECT_EQ(node_error("ReduceMean", {"x"}, {{"axes", Integers{1}}}),
            "the mean of [1, 4, 6, 6] over axes [1]; one over all positions is expected");
  EXPECT_EQ(node_error("ReduceMean", {"x"}, {{"axes", Integers{3}}}),
            "the mean of [1, 4, 6, 6] over axes [3]; one over all positions is expected");
  EXPECT_EQ(node_error("Slice", {"x", "s", "e", "a"}, {},
                       {{"s", {{1}, Integers{1}}}, {"e", {{1}, Integers{3}}}, {"a", {{1}, Integers{2}}}}),
            "takes indices 1 .. 2 of axis 2 of [1, 4, 6, 6]; a range of channels, or one token, is expected");
  EXPECT_EQ(node_error("Concat", {"x", "x"}, {{"axis", int64_t{1}}}),
            "joins tensors that depend on the image; a constant before a sequence of tokens is expected");
  EXPECT_EQ(node_error("MatMul", {"x", "x"}),
            "multiplies [1, 4, 6, 6] by [1, 4, 6, 6], both from the image; the products of attention (queries by keys, "
            "probabilities by values, head by head) are expected");
  EXPECT_EQ(node_error("Reshape", {"x", "s"}, {}, {{"s", {{2}, Integers{5, -1}}}}),
            "reshapes [1, 4, 6, 6] to [5, -1]; as many elements are expected");
  EXPECT_EQ(node_error("Reshape", {"x", "s"}, {}, {{"s", {{2}, Integers{9, 16}}}}),
            "reshapes [1, 4, 6, 6] to [9, 16], which cuts an axis unevenly; whole parts of axes are expected");
}

TEST(OnnxErrors, Arithmetic) {
  EXPECT_EQ(node_error("Mul", {"x", "c"}, {}, {{"c", ramp({4, 1, 1})}}),
            "multiplies by a constant what is not the output of a layer of its own; one factor a channel after a "
            "convolution, linear layer or norm that nothing else reads is expected");
  EXPECT_EQ(node_error("Clip", {"x", "low", "high"}, {},
                       {{"low", {{}, std::vector<float>{0}}}, {"high", {{}, std::vector<float>{1}}}}),
            "bounds 0 and 1; 0 and 6 (ReLU6), or 0 alone (ReLU), are expected");
  EXPECT_EQ(node_error("HardSigmoid", {"x"}), "alpha 0.2 and beta 0.5; 1/6 and 1/2 are expected");
  EXPECT_EQ(node_error("Div", {"x", "c"}, {}, {{"c", {{}, std::vector<float>{0}}}}),
            "divides by 0; another number is expected");
  EXPECT_EQ(node_error("Add", {"x", "c"}, {}, {{"c", ramp({5, 1, 1})}}),
            "tensors of shapes [5, 1, 1] and [1, 4, 6, 6]; ones that broadcast are expected");
  const OnnxNode half{"/half", "Mul", {"x", "c"}, {"h"}, {}}, relu{"/relu", "Relu", {"h"}, {"y"}, {}};
  EXPECT_EQ(import_error(model_of({1, 4, 1, 1}, {half, relu}, {{"c", {{}, std::vector<float>{0.5F}}}})),
            "net.onnx, node /relu (Relu): reads a tensor times 0.5; factors are expected on the output of a layer that "
            "nothing else reads, or in attention");
}

/// Scaling and adding after a convolution change it only when nothing else reads its output.
TEST(OnnxFolding, OnlyLayersOfTheirOwnAreChanged) {
  const OnnxNode conv{"/c", "Conv", {"x", "w"}, {"c"}, {}}, scale{"/m", "Mul", {"c", "g"}, {"m"}, {}};
  const OnnxNode offset{"/o", "Add", {"m", "b"}, {"o"}, {}};
  const std::map<std::string, OnnxTensor> constants = {
      {"w", ramp({3, 4, 1, 1})}, {"g", ramp({1, 3, 1, 1})}, {"b", ramp({3, 1, 1})}};
  const NetworkGraph graph = import_onnx(model_of({1, 4, 1, 1}, {conv, scale, offset}, constants), "net");
  ASSERT_EQ(graph.nodes.size(), 1U);
  const Tensor image = {{1, 1, 4}, {1, -2, 3, 0.5F}};
  const std::vector<float> w = ramp({3, 4}).floats(), g = ramp({3}).floats();
  const std::vector<float> logits = FloatInference(graph).logits(image);
  for (size_t o = 0; o < 3; ++o) {
    float sum = 0;
    for (size_t i = 0; i < 4; ++i) sum += w[o * 4 + i] * image.data[i];
    EXPECT_NEAR(logits[o], sum * g[o] + g[o], 1e-6);
  }
  const OnnxNode also{"/a", "Add", {"o", "c"}, {"a"}, {}};
  EXPECT_NE(import_error(model_of({1, 4, 1, 1}, {conv, scale, offset, also}, constants)).find("/m (Mul)"),
            std::string::npos);
}

/// The stride that the padding SAME of an odd kernel leaves even on both sides.
TEST(OnnxConvolutions, AutomaticPadding) {
  const auto shape_with = [](const char* automatic) {
    const OnnxNode conv{"/c", "Conv", {"x", "w"}, {"c"}, {{"auto_pad", std::string(automatic)}}};
    const OnnxNode mean{"/m", "GlobalAveragePool", {"c"}, {"m"}, {}};
    const NetworkGraph graph = import_onnx(model_of({1, 4, 6, 6}, {conv, mean}, {{"w", ramp({5, 4, 3, 3})}}), "net");
    return infer_shapes(graph)[1];
  };
  for (const char* same : {"SAME_UPPER", "SAME_LOWER"}) EXPECT_EQ(shape_with(same), (FeatureShape{6, 6, 5})) << same;
  EXPECT_EQ(shape_with("VALID"), (FeatureShape{4, 4, 5}));
}

/// A file for several images at once gives the graph of one.
TEST(OnnxBatch, AFixedBatchIsRunOneImageAtATime) {
  const OnnxNode mean{"/m", "GlobalAveragePool", {"x"}, {"m"}, {}}, flat{"/f", "Reshape", {"m", "s"}, {"f"}, {}};
  const OnnxNode gemm{"/g", "Gemm", {"f", "w"}, {"y"}, {{"transB", int64_t{1}}}};
  const auto logits = [&](int64_t images, int64_t rows) {
    const std::map<std::string, OnnxTensor> constants = {{"s", {{2}, Integers{rows, 4}}}, {"w", ramp({3, 4})}};
    const NetworkGraph graph = import_onnx(model_of({images, 4, 2, 2}, {mean, flat, gemm}, constants), "net");
    return FloatInference(graph).logits({{2, 2, 4}, ramp({16}).floats()});
  };
  const std::vector<float> one = logits(1, 1);
  ASSERT_EQ(one.size(), 3U);
  EXPECT_EQ(logits(16, 16), one);
  EXPECT_EQ(logits(16, -1), one);
  EXPECT_EQ(logits(-1, -1), one);
}

}  // namespace
}  // namespace tram
