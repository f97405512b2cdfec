#include "tests/train/layer_fixture.hpp"

#include "models/support/error.hpp"

namespace tram::train {
namespace {

struct Case {
  const char* name;
  Operation operation;
  std::vector<BatchShape> inputs;
  float step = 0.5F;  ///< linear operations take large steps, whose differences are the most exact
  double tolerance = 1e-4;
};

ConvolutionOp convolution(int out, int in, int kernel, int stride, int padding, int groups = 1, bool bias = false) {
  return {zeros(Shape{out, in / groups, kernel, kernel}), bias ? zeros(Shape{out}) : Tensor{}, stride, padding, groups};
}

LinearOp linear(int out, int in, bool bias) { return {zeros(Shape{out, in}), bias ? zeros(Shape{out}) : Tensor{}}; }

const BatchShape map = {2, 8, 5, 6}, tokens = {2, 8, 5, 1};

/// Every operation that can be trained.
std::vector<Case> cases() {
  return {{"image", convolution(8, 3, 3, 1, 1), {{2, 3, 6, 5}}},
          {"first_of_a_stage", convolution(16, 8, 3, 2, 1), {{2, 8, 6, 6}}},
          {"odd_map", convolution(8, 16, 3, 1, 1), {{3, 16, 5, 4}}},
          {"pointwise_with_bias", convolution(8, 16, 1, 1, 0, 1, true), {{2, 16, 4, 4}}},
          {"odd_channels", convolution(5, 3, 5, 2, 2), {{1, 3, 7, 7}}},
          {"patches", convolution(8, 3, 4, 4, 0, 1, true), {{2, 3, 8, 8}}},
          {"depthwise", convolution(8, 8, 3, 1, 1, 8), {{2, 8, 5, 5}}},
          {"two_groups", convolution(16, 8, 3, 2, 1, 2, true), {{2, 8, 6, 6}}},
          {"linear", linear(10, 16, true), {{3, 16, 1, 1}}},
          {"linear_of_tokens", linear(12, 8, false), {tokens}},
          {"relu", ReluOp{}, {map}, 1e-4F, 2e-3},
          {"gelu", GeluOp{}, {map}, 1e-2F, 1e-3},
          {"softmax", SoftmaxOp{}, {map}, 1e-2F, 1e-3},
          {"batch_norm", BatchNormOp{{}, {}, {}, {}, 1e-5F}, {map}, 1e-2F, 2e-3},
          {"layer_norm", LayerNormOp{{}, {}, 1e-6F}, {tokens}, 1e-2F, 4e-3},
          {"add", AddOp{}, {map, map}},
          {"global_average_pool", GlobalAveragePoolOp{}, {map}},
          {"max_pool", MaxPoolOp{3, 2, 1}, {map}, 1e-4F, 2e-3},
          {"subsample", SubsampleOp{2, 16}, {map}},
          {"slice_channels", SliceChannelsOp{2, 5}, {tokens}},
          {"select_token", SelectTokenOp{1}, {tokens}},
          {"flatten", FlattenPositionsOp{}, {map}},
          {"prepend_token", PrependTokenOp{}, {tokens}},
          {"add_constant", AddConstantOp{}, {tokens}},
          {"attention_scores", AttentionScoresOp{2, 0.5F}, {{2, 8, 5, 1}, {2, 8, 7, 1}}},
          {"attention_context", AttentionContextOp{2}, {{2, 7, 5, 2}, {2, 8, 7, 1}}}};
}

class LayerGradients : public testing::TestWithParam<Case> {};

TEST_P(LayerGradients, EqualFiniteDifferences) {
  const Case& c = GetParam();
  LayerBench(c.operation, c.inputs).expect_true_gradients(c.step, c.tolerance);
}

INSTANTIATE_TEST_SUITE_P(Operations, LayerGradients, testing::ValuesIn(cases()),
                         [](const auto& test) { return std::string(test.param.name); });

/// A gradient that nobody wants changes nothing else.
TEST(Layers, ParameterGradientsDoNotDependOnWhetherInputGradientsAreWanted) {
  for (const Case& c : cases()) {
    NetworkParameters parameters;
    const auto layer = make_layer(parameters, GraphNode{"layer", c.operation, {}}, c.inputs);
    LayerBench bench(c.operation, c.inputs);
    bench.forward();
    bench.backward();
    std::vector<const BatchTensor*> x;
    for (const BatchTensor& input : bench.x) x.push_back(&input);
    std::vector<float> gradient(bench.gradient.size()), statistics(bench.statistics.size());
    BatchTensor y(layer->output_shape());
    layer->forward({bench.trained, bench.running, statistics}, x, y);
    const std::vector<BatchTensor*> unwanted(x.size());
    layer->backward({bench.trained, statistics, gradient}, x, y, bench.dy, unwanted);
    EXPECT_EQ(gradient, bench.gradient) << c.name;
  }
}

TEST(Layers, WhatCannotBeTrainedIsRefusedByName) {
  NetworkParameters parameters;
  const std::vector<BatchShape> in = {map};
  try {
    make_layer(parameters, GraphNode{"features.3", UnaryOp{UnaryKind::hard_swish}, {0}}, in);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("features.3"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("hard_swish"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tram::train
