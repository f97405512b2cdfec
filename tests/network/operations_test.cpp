#include "models/network/operations.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/network/float_inference.hpp"
#include "models/network/float_kernels.hpp"
#include "models/support/error.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/network/test_networks.hpp"

namespace tram {
namespace {

Tensor random_tensor(const Shape& shape, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> values(0.0F, 1.0F);
  Tensor tensor = zeros(shape);
  for (float& value : tensor.data) value = values(generator);
  return tensor;
}

NetworkGraph one_node(const FeatureShape& input, Operation operation) {
  NetworkGraph graph{"net", input, {}};
  graph.add("node", std::move(operation), {0});
  return graph;
}

/// The fast and the naive result of a graph's last node.
void expect_result(const NetworkGraph& graph, const Tensor& image, const std::vector<float>& expected) {
  const std::vector<float> fast = FloatInference(graph).logits(image);
  const std::vector<float> naive = naive_inference(graph, image).back().data;
  ASSERT_EQ(fast.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(fast[i], expected[i], 1e-5) << i;
    EXPECT_NEAR(naive[i], expected[i], 1e-5) << i;
  }
}

/// Fast against naive on random values.
void expect_equal_to_naive(const NetworkGraph& graph, uint32_t seed, float tolerance = 1e-5F) {
  const Tensor image = random_image(graph.input, seed);
  const std::vector<Tensor> fast = FloatInference(graph).run(image), naive = naive_inference(graph, image);
  for (size_t v = 0; v < fast.size(); ++v) {
    ASSERT_EQ(fast[v].shape, naive[v].shape);
    for (size_t i = 0; i < fast[v].data.size(); ++i) ASSERT_NEAR(fast[v].data[i], naive[v].data[i], tolerance) << v;
  }
}

std::string shape_error(const NetworkGraph& graph) {
  try {
    infer_shapes(graph);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(Operations, LayerNormByHand) {
  // 1, 3, 5, 7: mean 4, variance 5; with epsilon 4 the root is 3.
  const LayerNormOp op{{{4}, {3, 3, 3, 6}}, {{4}, {0, 0, 1, 0}}, 4};
  expect_result(one_node({1, 1, 4}, op), {{1, 1, 4}, {1, 3, 5, 7}}, {-3, -1, 2, 6});
}

TEST(Operations, GeluByTable) {
  // x Phi(x), from tables of the normal distribution: Phi(1) = 0.841344746, Phi(2) = 0.977249868.
  expect_result(one_node({1, 1, 5}, GeluOp{}), {{1, 1, 5}, {-2, -1, 0, 1, 2}},
                {-0.045500264F, -0.158655254F, 0, 0.841344746F, 1.954499736F});
}

TEST(Operations, FastErfIsWithinItsBound) {
  for (float x = -6; x < 6; x += 1e-4F) ASSERT_NEAR(fast_erf(x), std::erf(double{x}), 5e-7) << x;
}

TEST(Operations, SoftmaxByHand) {
  const float log2 = std::log(2.0F), log5 = std::log(5.0F);
  expect_result(one_node({2, 1, 3}, SoftmaxOp{}), {{2, 1, 3}, {0, log2, log5, 200, 200, 200 + log2}},
                {0.125F, 0.25F, 0.625F, 0.25F, 0.25F, 0.5F});
}

TEST(Operations, UnaryFunctionsByHand) {
  const Tensor x = {{1, 1, 5}, {-4, -1, 0, 2, 8}};
  expect_result(one_node({1, 1, 5}, UnaryOp{UnaryKind::relu6}), x, {0, 0, 0, 2, 6});
  expect_result(one_node({1, 1, 5}, UnaryOp{UnaryKind::hard_sigmoid}), x, {0, 1.0F / 3, 0.5F, 5.0F / 6, 1});
  expect_result(one_node({1, 1, 5}, UnaryOp{UnaryKind::hard_swish}), x, {0, -1.0F / 3, 0, 5.0F / 3, 8});
  expect_result(one_node({1, 1, 1}, UnaryOp{UnaryKind::sigmoid}), {{1, 1, 1}, {std::log(3.0F)}}, {0.75F});
  expect_result(one_node({1, 1, 1}, UnaryOp{UnaryKind::silu}), {{1, 1, 1}, {std::log(3.0F)}}, {0.75F * std::log(3.0F)});
  expect_result(one_node({1, 1, 1}, UnaryOp{UnaryKind::tanh}), {{1, 1, 1}, {std::log(3.0F)}}, {0.8F});
}

TEST(Operations, AttentionByHand) {
  // Two tokens, two heads of one channel: q = k = v = the tokens, scale 1/2.
  NetworkGraph graph{"attention", {2, 1, 2}, {}};
  const int scores = graph.add("scores", AttentionScoresOp{2, 0.5F}, {0, 0});
  graph.add("context", AttentionContextOp{2}, {scores, 0});
  const Tensor tokens = {{2, 1, 2}, {1, 2, 3, 4}};
  const std::vector<Tensor> values = FloatInference(graph).run(tokens);
  EXPECT_EQ(values[1].shape, (Shape{2, 2, 2}));
  // Token 0: head 0: 1*1, 1*3; head 1: 2*2, 2*4; token 1: 3*1, 3*3; 4*2, 4*4; all halved.
  EXPECT_EQ(values[1].data, (std::vector<float>{0.5F, 1.5F, 2, 4, 1.5F, 4.5F, 4, 8}));
  // Token 0, channel 0: .5*1 + 1.5*3; channel 1: 2*2 + 4*4.
  EXPECT_EQ(values[2].data, (std::vector<float>{5, 20, 15, 40}));
  EXPECT_EQ(naive_inference(graph, tokens).back().data, values[2].data);
  EXPECT_EQ(mac_count(graph), 2 * 2 * 2 * 2);
}

TEST(Operations, AttentionEqualsNaive) {
  NetworkGraph graph{"attention", {13, 1, 36}, {}};
  const int q = graph.add("q", SliceChannelsOp{0, 12}, {0}), k = graph.add("k", SliceChannelsOp{12, 12}, {0});
  const int v = graph.add("v", SliceChannelsOp{24, 12}, {0});
  const int scores = graph.add("scores", AttentionScoresOp{3, 0.5F}, {q, k});
  const int p = graph.add("softmax", SoftmaxOp{}, {scores});
  graph.add("context", AttentionContextOp{3}, {p, v});
  expect_equal_to_naive(graph, 1);
}

TEST(Operations, AttentionOfQueriesToOtherKeysEqualsNaive) {
  NetworkGraph graph{"attention", {4, 1, 8}, {}};
  const int longer = graph.add("token", PrependTokenOp{random_tensor({8}, 3)}, {0});
  const int scores = graph.add("scores", AttentionScoresOp{2, 1}, {0, longer});
  EXPECT_EQ(infer_shapes(graph).back(), (FeatureShape{4, 2, 5}));
  graph.add("context", AttentionContextOp{2}, {scores, longer});
  expect_equal_to_naive(graph, 2, 1e-4F);
}

TEST(Operations, TokensByHand) {
  NetworkGraph graph{"tokens", {1, 2, 2}, {}};
  int x = graph.add("flatten", FlattenPositionsOp{}, {0});
  x = graph.add("token", PrependTokenOp{{{2}, {9, 8}}}, {x});
  x = graph.add("positions", AddConstantOp{{{3, 1, 2}, {10, 20, 30, 40, 50, 60}}}, {x});
  expect_result(graph, {{1, 2, 2}, {1, 2, 3, 4}}, {19, 28, 31, 42, 53, 64});
  graph.add("select", SelectTokenOp{2}, {x});
  expect_result(graph, {{1, 2, 2}, {1, 2, 3, 4}}, {53, 64});
}

TEST(Operations, PoolsByHand) {
  const Tensor map = {{3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}};
  expect_result(one_node({3, 3, 1}, MaxPoolOp{2, 1, 0}), map, {5, 6, 8, 9});
  expect_result(one_node({3, 3, 1}, AveragePoolOp{2, 1, 0, true}), map, {3, 4, 6, 7});
  expect_result(one_node({3, 3, 1}, AveragePoolOp{2, 2, 1, true}), map, {0.25F, 1.25F, 2.75F, 7});
  expect_result(one_node({3, 3, 1}, AveragePoolOp{2, 2, 1, false}), map, {1, 2.5F, 5.5F, 7});
  // Padding is no value: all below zero stays below zero.
  expect_result(one_node({1, 1, 1}, MaxPoolOp{3, 2, 1}), {{1, 1, 1}, {-5}}, {-5});
}

TEST(Operations, GroupedConvolutionsEqualNaive) {
  for (const auto& [channels, out, groups] : {std::array<int, 3>{6, 6, 6}, {6, 4, 2}, {6, 12, 6}, {8, 4, 4}}) {
    ConvolutionOp op{random_tensor({out, channels / groups, 3, 3}, 5), random_tensor({out}, 6), 2, 1, groups};
    expect_equal_to_naive(one_node({7, 6, channels}, op), 7);
    op.bias = {};
    expect_equal_to_naive(one_node({7, 6, channels}, op), 8);
  }
}

TEST(Operations, DepthwiseConvolutionByHand) {
  // Kernel 1 x 2 a channel: y0 = 1 x0[0] + 2 x0[1], y1 = 3 x1[0] + 4 x1[1].
  const ConvolutionOp op{{{2, 1, 1, 2}, {1, 2, 3, 4}}, {}, 1, 0, 2};
  expect_result(one_node({1, 2, 2}, op), {{1, 2, 2}, {1, 10, 100, 1000}}, {201, 4030});
  EXPECT_EQ(mac_count(one_node({1, 2, 2}, op)), 4);
}

TEST(Operations, MultiplyByMapAndByChannel) {
  NetworkGraph graph{"net", {2, 1, 2}, {}};
  const int factors = graph.add("pool", GlobalAveragePoolOp{}, {0});
  graph.add("scale", MultiplyOp{}, {0, factors});
  expect_result(graph, {{2, 1, 2}, {1, 2, 3, 6}}, {2, 8, 6, 24});
  NetworkGraph square{"net", {2, 1, 2}, {}};
  square.add("square", MultiplyOp{}, {0, 0});
  expect_result(square, {{2, 1, 2}, {1, 2, 3, 6}}, {1, 4, 9, 36});
}

TEST(Operations, ElementWiseAndNormsEqualNaive) {
  expect_equal_to_naive(one_node({9, 1, 17}, LayerNormOp{random_tensor({17}, 1), random_tensor({17}, 2), 1e-6F}), 3);
  expect_equal_to_naive(one_node({5, 3, 40}, SoftmaxOp{}), 4);
  expect_equal_to_naive(one_node({3, 4, 33}, GeluOp{}), 5);
  expect_equal_to_naive(one_node({7, 8, 5}, MaxPoolOp{3, 2, 1}), 6);
  expect_equal_to_naive(one_node({7, 8, 5}, AveragePoolOp{3, 2, 1, false}), 7);
  for (const UnaryKind kind : {UnaryKind::relu6, UnaryKind::sigmoid, UnaryKind::hard_sigmoid, UnaryKind::silu,
                               UnaryKind::hard_swish, UnaryKind::tanh})
    expect_equal_to_naive(one_node({3, 4, 5}, UnaryOp{kind}), 8);
}

TEST(Operations, ErrorsSayWhatIsExpected) {
  const auto error = [](const FeatureShape& input, Operation op) {
    return shape_error(one_node(input, std::move(op)));
  };
  EXPECT_EQ(error({4, 4, 6}, ConvolutionOp{zeros(Shape{6, 2, 3, 3}), {}, 1, 1, 4}),
            "net, conv node: 4 groups of 6 channels; a divisor of the channels is expected");
  EXPECT_EQ(error({4, 4, 6}, ConvolutionOp{zeros(Shape{5, 2, 3, 3}), {}, 1, 1, 3}),
            "net, conv node: 3 groups of 5 output channels; a divisor of them is expected");
  EXPECT_EQ(error({4, 1, 6}, SliceChannelsOp{4, 3}),
            "net, slice_channels node: 3 channels from 4 on; a part of the 6 channels is expected");
  EXPECT_EQ(error({4, 2, 6}, SelectTokenOp{0}),
            "net, select_token node: input 0 is a 4 x 2 x 6 map; tokens x 1 x channels are expected");
  EXPECT_EQ(error({4, 1, 6}, SelectTokenOp{4}), "net, select_token node: token 4; 0 .. 3 is expected");
  EXPECT_EQ(error({4, 1, 6}, PrependTokenOp{zeros(Shape{5})}),
            "net, prepend_token node: parameter of shape [5]; [6] is expected");
  EXPECT_EQ(error({4, 1, 6}, AddConstantOp{zeros(Shape{4, 6})}),
            "net, add_constant node: constant of shape [4, 6]; that of the 4 x 1 x 6 map is expected");
  EXPECT_EQ(error({4, 4, 6}, MaxPoolOp{2, 2, 2}),
            "net, max_pool node: kernel 2, stride 2, padding 2; at least 1, 1 and 0 .. kernel - 1 are expected");
  EXPECT_EQ(error({4, 4, 6}, AveragePoolOp{5, 1, 0}),
            "net, average_pool node: kernel 5 on a 4 x 4 x 6 map; one no larger than the padded map is expected");
  EXPECT_EQ(error({1, 1, 6}, LayerNormOp{zeros(Shape{6}), zeros(Shape{6}), -1}),
            "net, layer_norm node: epsilon -1; at least 0 is expected");
  NetworkGraph graph{"net", {3, 1, 6}, {}};
  graph.add("scores", AttentionScoresOp{4, 1}, {0, 0});
  EXPECT_EQ(shape_error(graph),
            "net, attention_scores scores: 4 heads of 6 channels; a divisor of the channels is expected");
  graph.nodes[0] = {"context", AttentionContextOp{2}, {0, 0}};
  EXPECT_EQ(shape_error(graph),
            "net, attention_context context: probabilities of 3 x 1 x 6; queries x 2 heads x 3 keys are expected");
}

}  // namespace
}  // namespace tram
