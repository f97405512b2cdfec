#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "models/data/dataset.hpp"
#include "models/network/float_inference.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/network/load_network.hpp"
#include "models/network/onnx/import_onnx.hpp"
#include "models/network/vit.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/network/tensor_npy.hpp"
#include "tests/network/test_networks.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

std::filesystem::path model_file(const std::string& name) {
  return std::filesystem::path(TRAM_SOURCE_DIR) / "tests" / "network" / "onnx" / name;
}

/// The image of make_models.py: element i of [channels, height, width] is ((i * 7919) mod 1000) / 500 - 1.
Tensor made_image(const FeatureShape& shape) {
  Tensor image = zeros(shape);
  const int64_t positions = int64_t{shape.height} * shape.width;
  for (int64_t i = 0; i < shape.size(); ++i)
    image.data[static_cast<size_t>(i % positions * shape.channels + i / positions)] =
        static_cast<float>(i * 7919 % 1000) / 500.0F - 1.0F;
  return image;
}

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  float largest = a.size() == b.size() ? 0 : INFINITY;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

int count_of(const NetworkGraph& graph, const std::string& wanted) {
  int count = 0;
  for (const GraphNode& node : graph.nodes) count += kind(node.operation) == wanted;
  return count;
}

const GraphNode* find_node(const NetworkGraph& graph, const std::string& name) {
  for (const GraphNode& node : graph.nodes)
    if (node.name == name) return &node;
  return nullptr;
}

/// Small models exported by PyTorch, with the logits that PyTorch computed.
class ExportedModel : public testing::TestWithParam<const char*> {};

TEST_P(ExportedModel, LogitsEqualThoseOfTheExporter) {
  const NetworkGraph graph = import_onnx(model_file(std::string(GetParam()) + ".onnx"));
  EXPECT_EQ(graph.name, GetParam());
  const Tensor image = made_image(graph.input);
  const std::vector<float> expected = read_npy(model_file(std::string(GetParam()) + ".npy")).data;
  const std::vector<Tensor> fast = FloatInference(graph).run(image), naive = naive_inference(graph, image);
  EXPECT_LT(largest_difference(fast.back().data, expected), 2e-5F);
  for (size_t v = 0; v < fast.size(); ++v) EXPECT_LT(largest_difference(fast[v].data, naive[v].data), 1e-5F) << v;
  const NetworkGraph folded = fold_batch_norm(graph);
  EXPECT_EQ(count_of(folded, "batch_norm"), 0);
  EXPECT_LT(largest_difference(FloatInference(folded).logits(image), expected), 2e-5F);
}

TEST_P(ExportedModel, NodesHaveNamesOfTheirOwn) {
  const NetworkGraph graph = import_onnx(model_file(std::string(GetParam()) + ".onnx"));
  std::set<std::string> names;
  for (const GraphNode& node : graph.nodes) EXPECT_TRUE(names.insert(node.name).second) << node.name;
}

INSTANTIATE_TEST_SUITE_P(Onnx, ExportedModel,
                         testing::Values("resnet_opset11", "resnet_opset13", "cifar_resnet_opset12",
                                         "cifar_resnet_opset16", "mobilenet_opset11", "mobilenet_opset14",
                                         "lenet_opset15", "vit_timm_opset11", "vit_timm_opset13", "vit_timm_opset16",
                                         "vit_timm_opset17", "vit_torchvision_opset14", "vit_torchvision_opset17",
                                         "vit_pooled_opset15", "vit_timm_free_batch_opset14",
                                         "vit_torchvision_free_batch_opset12", "cifar_resnet_free_batch_opset13"));

TEST(OnnxImport, AttentionHasTheBuildersOperationsAndNames) {
  VisionTransformer small;
  small.patch = 4;
  small.width = 16;
  small.depth = 2;
  small.heads = 2;
  small.hidden = 64;
  small.classes = 10;
  small.input = {16, 16, 3};
  const NetworkGraph built = vision_transformer(small, random_parameters(1));
  for (const char* file : {"vit_timm_opset11.onnx", "vit_timm_opset13.onnx", "vit_timm_opset17.onnx"}) {
    const NetworkGraph graph = import_onnx(model_file(file));
    ASSERT_EQ(graph.nodes.size(), built.nodes.size()) << file;
    EXPECT_EQ(mac_count(graph), mac_count(built)) << file;
    for (size_t i = 0; i < built.nodes.size(); ++i) {
      const Operation& operation = built.nodes[i].operation;
      EXPECT_EQ(kind(graph.nodes[i].operation), kind(operation)) << file << i;
      EXPECT_EQ(graph.nodes[i].inputs, built.nodes[i].inputs) << file << i;
      const bool weighted = std::holds_alternative<LinearOp>(operation) ||
                            std::holds_alternative<ConvolutionOp>(operation) ||
                            std::holds_alternative<LayerNormOp>(operation);
      if (weighted) {
        EXPECT_EQ(graph.nodes[i].name, built.nodes[i].name) << file;
      }
    }
    const GraphNode* scores = find_node(graph, "blocks.1.attn.scores");
    ASSERT_NE(scores, nullptr);
    EXPECT_EQ(std::get<AttentionScoresOp>(scores->operation).heads, 2);
    EXPECT_FLOAT_EQ(std::get<AttentionScoresOp>(scores->operation).scale, float(1 / std::sqrt(8.0)));
  }
}

TEST(OnnxImport, MultiheadAttentionOfTorchBecomesTheSameOperations) {
  for (const char* file : {"vit_torchvision_opset14.onnx", "vit_torchvision_opset17.onnx"}) {
    const NetworkGraph graph = import_onnx(model_file(file));
    for (const char* operation : {"attention_scores", "softmax", "attention_context", "gelu"})
      EXPECT_EQ(count_of(graph, operation), 2) << file << operation;
    EXPECT_EQ(count_of(graph, "layer_norm"), 5) << file;
    EXPECT_EQ(count_of(graph, "prepend_token"), 1) << file;
  }
}

TEST(OnnxImport, MobilenetHasDepthwiseConvolutionsAndItsActivations) {
  const NetworkGraph graph = import_onnx(model_file("mobilenet_opset14.onnx"));
  EXPECT_EQ(count_of(graph, "hard_swish"), 3);
  EXPECT_EQ(count_of(graph, "relu6"), 1);
  EXPECT_EQ(count_of(graph, "silu"), 1);
  EXPECT_EQ(count_of(graph, "hard_sigmoid"), 1);
  EXPECT_EQ(count_of(graph, "multiply"), 1);
  int depthwise = 0;
  for (const GraphNode& node : graph.nodes)
    if (const auto* conv = std::get_if<ConvolutionOp>(&node.operation)) depthwise += conv->groups > 1;
  EXPECT_EQ(depthwise, 2);
}

TEST(OnnxImport, OptionAShortcutBecomesSubsample) {
  const NetworkGraph graph = import_onnx(model_file("cifar_resnet_opset16.onnx"));
  EXPECT_EQ(count_of(graph, "subsample"), 2);
  EXPECT_EQ(count_of(graph, "batch_norm"), 7);
  const GraphNode* shortcut = find_node(graph, "layer2.0.shortcut");
  ASSERT_NE(shortcut, nullptr);
  EXPECT_EQ(std::get<SubsampleOp>(shortcut->operation).out_channels, 8);
}

TEST(OnnxImport, LinearLayerOnAWholeMapBecomesAConvolution) {
  const NetworkGraph graph = import_onnx(model_file("lenet_opset15.onnx"));
  const GraphNode* linear = find_node(graph, "fc1");
  ASSERT_NE(linear, nullptr);
  EXPECT_EQ(std::get<ConvolutionOp>(linear->operation).weight.shape, (Shape{20, 8, 4, 4}));
}

TEST(OnnxImport, LoadNetworkTakesAFile) {
  const NetworkGraph graph = load_network(model_file("resnet_opset11.onnx").string(), std::filesystem::path());
  EXPECT_EQ(graph.name, "resnet_opset11");
}

/// Files that scripts/export_onnx.py made from the weights of the data folder, where they are there.
class ExportedWeights : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ExportedWeights, GiveTheLogitsOfTheBuilder) {
  const auto& [name, file] = GetParam();
  const std::filesystem::path weights = data_folder() / "weights" / (std::string(name) + ".safetensors");
  const std::filesystem::path exported = data_folder() / "onnx" / file;
  if (!std::filesystem::exists(weights) || !std::filesystem::exists(exported))
    GTEST_SKIP() << weights << " or " << exported << " (of scripts/export_onnx.py) is not there";
  const NetworkGraph built = load_network(name, weights), imported = import_onnx(exported);
  EXPECT_EQ(mac_count(imported), mac_count(built));
  const Tensor image = made_image(built.input);
  EXPECT_LT(largest_difference(FloatInference(imported).logits(image), FloatInference(built).logits(image)), 1e-4F);
}

INSTANTIATE_TEST_SUITE_P(Onnx, ExportedWeights,
                         testing::Values(std::pair{"resnet20_cifar10", "resnet20_cifar10.onnx"},
                                         std::pair{"deit_tiny_patch16_224", "deit_tiny_patch16_224.onnx"},
                                         std::pair{"deit_tiny_patch16_224",
                                                   "deit_tiny_patch16_224_torch_attention.onnx"}));

}  // namespace
}  // namespace tram
