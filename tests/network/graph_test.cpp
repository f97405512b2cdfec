#include "models/network/graph.hpp"

#include <gtest/gtest.h>

#include "models/network/float_inference.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/support/error.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/network/test_networks.hpp"

namespace tram {
namespace {

Tensor filled(const Shape& shape, float value) {
  Tensor tensor = zeros(shape);
  for (float& element : tensor.data) element = value;
  return tensor;
}

std::string shape_error(const NetworkGraph& graph) {
  try {
    infer_shapes(graph);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  float largest = a.size() == b.size() ? 0 : INFINITY;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST(Graph, ConvolutionByHand) {
  // 3x3 map 1..9, kernel of ones, padding 1, stride 2: sums of the corners' neighbourhoods.
  NetworkGraph graph{"hand", {3, 3, 1}, {}};
  graph.add("conv", ConvolutionOp{filled({1, 1, 3, 3}, 1), {{1}, {0.5F}}, 2, 1}, {0});
  const Tensor image = {{3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}};
  const std::vector<float> expected = {12.5F, 16.5F, 24.5F, 28.5F};
  EXPECT_EQ(FloatInference(graph).logits(image), expected);
  EXPECT_EQ(naive_inference(graph, image).back().data, expected);
}

TEST(Graph, WeightIsOutInHeightWidth) {
  // Two input channels, kernel 1x2: y = 1 a[x] + 2 a[x+1] + 3 b[x] + 4 b[x+1].
  NetworkGraph graph{"hand", {1, 2, 2}, {}};
  graph.add("conv", ConvolutionOp{{{1, 2, 1, 2}, {1, 2, 3, 4}}, {}, 1, 0}, {0});
  const Tensor image = {{1, 2, 2}, {1, 10, 100, 1000}};  // a = 1, 100; b = 10, 1000
  EXPECT_EQ(FloatInference(graph).logits(image), (std::vector<float>{1 + 200 + 30 + 4000}));
}

TEST(Graph, SubsampleShortcutByHand) {
  NetworkGraph graph{"hand", {3, 3, 1}, {}};
  graph.add("shortcut", SubsampleOp{2, 4}, {0});
  const Tensor image = {{3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}};
  // (4 - 1) / 2 = 1 channel of zeros before, 2 after; rows and columns 0 and 2.
  const std::vector<float> expected = {0, 1, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0};
  EXPECT_EQ(FloatInference(graph).logits(image), expected);
  EXPECT_EQ(naive_inference(graph, image).back().data, expected);
}

TEST(Graph, BatchNormByHand) {
  NetworkGraph graph{"hand", {1, 1, 1}, {}};
  graph.add("bn", BatchNormOp{{{1}, {3}}, {{1}, {1}}, {{1}, {2}}, {{1}, {3.75F}}, 0.25F}, {0});
  EXPECT_EQ(FloatInference(graph).logits({{1, 1, 1}, {6}}), (std::vector<float>{7}));  // (6 - 2) / 2 * 3 + 1
}

TEST(Graph, FastEqualsNaiveAndFoldedOnEveryLayer) {
  const NetworkGraph graph = small_resnet(1), folded = fold_batch_norm(graph);
  const Tensor image = random_image(graph.input, 2);
  const std::vector<Tensor> fast = FloatInference(graph).run(image), naive = naive_inference(graph, image);
  ASSERT_EQ(fast.size(), naive.size());
  for (size_t v = 0; v < fast.size(); ++v) EXPECT_LT(largest_difference(fast[v].data, naive[v].data), 1e-4F) << v;
  EXPECT_LT(largest_difference(FloatInference(folded).logits(image), naive.back().data), 1e-4F);
  for (const GraphNode& node : folded.nodes) EXPECT_NE(kind(node.operation), "batch_norm");
}

TEST(Graph, FoldingNeedsAConvolutionOfItsOwn) {
  NetworkGraph graph{"net", {4, 4, 2}, {}};
  const int conv = graph.add("conv", ConvolutionOp{filled({2, 2, 1, 1}, 1), {}, 1, 0}, {0});
  const Tensor one = filled({2}, 1);
  const int norm = graph.add("bn", BatchNormOp{one, one, one, one, 1e-5F}, {conv});
  graph.add("add", AddOp{}, {conv, norm});
  EXPECT_THROW(fold_batch_norm(graph), InputError);
}

TEST(Graph, ErrorsNameNetworkAndNode) {
  NetworkGraph graph{"net", {4, 4, 3}, {}};
  graph.add("conv1", ConvolutionOp{filled({2, 5, 3, 3}, 1), {}, 1, 1}, {0});
  EXPECT_EQ(shape_error(graph),
            "net, conv conv1: weight of shape [2, 5, 3, 3]; 4 dimensions with 3 input channels are expected");
  graph.nodes[0] = {"sum", AddOp{}, {0}};
  EXPECT_EQ(shape_error(graph), "net, add sum: 1 inputs; 2 expected");
  graph.nodes[0] = {"act", ReluOp{}, {7}};
  EXPECT_EQ(shape_error(graph), "net, relu act: reads value 7; an earlier one, 0 .. 0, is expected");
  graph.nodes[0] = {"conv1", ConvolutionOp{filled({2, 3, 7, 7}, 1), {}, 1, 0}, {0}};
  EXPECT_NE(shape_error(graph), "none");
}

TEST(Graph, WrongImageIsRefused) {
  const FloatInference inference(small_resnet(1));
  EXPECT_THROW(inference.logits(random_image({11, 12, 3}, 1)), InputError);
}

}  // namespace
}  // namespace tram
