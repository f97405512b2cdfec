#include <limits>

#include "tests/train/layer_fixture.hpp"

#include "train/layers/loss.hpp"

namespace tram::train {
namespace {

/// Mean and population variance of a channel over the batch, by definition.
std::pair<double, double> channel_statistics(const BatchTensor& x, int c) {
  const auto& s = x.shape();
  double sum = 0, square = 0;
  for (size_t i = static_cast<size_t>(c); i < x.values().size(); i += static_cast<size_t>(s.channels)) {
    sum += x.values()[i];
    square += double{x.values()[i]} * x.values()[i];
  }
  const auto count = static_cast<double>(s.rows());
  return {sum / count, square / count - sum / count * sum / count};
}

TEST(BatchNorm, TrainingEqualsTheDefinitionAndKeepsTheUnbiasedVariance) {
  const BatchShape shape = {3, 8, 4, 5};
  LayerBench bench(BatchNormOp{{}, {}, {}, {}, 1e-5F}, {shape});
  const BatchTensor& y = bench.forward();
  const double count = static_cast<double>(shape.rows());
  for (int c = 0; c < shape.channels; ++c) {
    const auto channel = static_cast<size_t>(c);
    const auto [mean, variance] = channel_statistics(bench.x[0], c);
    EXPECT_NEAR(bench.statistics[channel], mean, 1e-6);
    EXPECT_NEAR(bench.statistics[8 + channel], variance * count / (count - 1), 1e-5);
    for (size_t i = channel; i < y.values().size(); i += 8)
      EXPECT_NEAR(y.values()[i],
                  (bench.x[0].values()[i] - mean) / std::sqrt(variance + 1e-5) * bench.trained[channel] +
                      bench.trained[8 + channel],
                  1e-5);
  }
}

TEST(BatchNorm, InferenceUsesTheRunningStatistics) {
  LayerBench bench(BatchNormOp{{}, {}, {}, {}, 1e-5F}, {{3, 8, 4, 5}});
  for (size_t c = 0; c < 8; ++c) {
    bench.running[c] = 0.1F * static_cast<float>(c);
    bench.running[8 + c] = 1 + 0.2F * static_cast<float>(c);
  }
  const BatchTensor& y = bench.forward(false);
  for (size_t i = 0; i < y.values().size(); ++i) {
    const size_t c = i % 8;
    EXPECT_NEAR(
        y.values()[i],
        (bench.x[0].values()[i] - bench.running[c]) / std::sqrt(bench.running[8 + c] + 1e-5) * bench.trained[c] +
            bench.trained[8 + c],
        1e-5);
  }
}

/// A mask is no parameter, and what it masks has a softmax of 0, as in fp32 inference.
TEST(Tokens, MasksAreNotTrained) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const BatchShape shape = {2, 3, 2, 1};
  LayerBench mask(AddConstantOp{{{2, 1, 3}, {0, -1e9F, 0.5F, 0, 0, -infinity}}}, {shape});
  EXPECT_TRUE(mask.parameters().trained.entries().empty());
  LayerBench softmax(SoftmaxOp{}, {shape});
  softmax.x[0] = mask.forward();
  EXPECT_EQ(softmax.x[0].at(1, 2, 0, 0), mask.x[0].at(1, 2, 0, 0) + 0.5F);
  const BatchTensor& y = softmax.forward();
  const std::vector<BatchTensor> dx = softmax.backward();
  for (int n = 0; n < 2; ++n)
    for (const auto& [token, key] : {std::pair(0, 1), std::pair(1, 2)}) {
      EXPECT_EQ(y.at(n, key, token, 0), 0);
      EXPECT_EQ(dx[0].at(n, key, token, 0), 0);
    }
  EXPECT_EQ(mask.backward()[0].at(1, 2, 1, 0), mask.dy.at(1, 2, 1, 0));
}

BatchTensor logits(int rows, int classes, std::initializer_list<float> values) {
  BatchTensor tensor({rows, classes, 1, 1});
  std::copy(values.begin(), values.end(), tensor.data());
  return tensor;
}

TEST(Loss, WorkedCase) {
  const LossResult result = loss_forward(logits(2, 3, {0, 0, 0, 2, 0, 1}), {std::vector<int>{1, 0}});
  EXPECT_NEAR(result.loss, std::log(3.0) + std::log(1 + std::exp(-2.0) + std::exp(-1.0)), 1e-12);
  EXPECT_EQ(result.correct, 1);
}

TEST(Loss, LargeLogitsDoNotOverflow) {
  EXPECT_NEAR(loss_forward(logits(1, 3, {1e5F, 0, 0}), {std::vector<int>{1}}).loss, 1e5, 1e-6);
}

/// Smoothing by half over two classes: the target is (3/4, 1/4).
TEST(Loss, LabelSmoothingWorkedCase) {
  const double p = 1 / (1 + std::exp(-1.0));
  const LossResult result = loss_forward(logits(1, 2, {1, 0}), {.labels = std::vector<int>{0}, .smoothing = 0.5F});
  EXPECT_NEAR(result.loss, -0.75 * std::log(p) - 0.25 * std::log(1 - p), 1e-12);
}

/// A teacher that says the same as the network: the loss is the entropy of its answer at the temperature, times T^2.
TEST(Loss, DistillationWorkedCase) {
  const BatchTensor both = logits(1, 2, {2, 0});
  const double p = 1 / (1 + std::exp(-1.0));
  const LossResult result =
      loss_forward(both, {.labels = std::vector<int>{1}, .teacher = &both, .weight = 1, .temperature = 2});
  EXPECT_NEAR(result.loss, 4 * (-p * std::log(p) - (1 - p) * std::log(1 - p)), 1e-9);
  EXPECT_EQ(result.correct, 0);
}

TEST(Loss, BackwardEqualsFiniteDifferences) {
  const BatchShape shape = {4, 10, 1, 1};
  const BatchTensor teacher = random_tensor(shape, 9);
  const std::vector<int> labels = {3, 0, 9, 3};
  const Targets cases[] = {
      {.labels = labels},
      {.labels = labels, .smoothing = 0.1F},
      {.labels = labels, .smoothing = 0.1F, .teacher = &teacher, .weight = 0.7F, .temperature = 3}};
  for (const Targets& targets : cases) {
    BatchTensor values = random_tensor(shape, 1), dlogits(shape);
    loss_backward(values, targets, 0.25F, dlogits);
    expect_gradient(
        values.values(), dlogits.values(), [&] { return loss_forward(values, targets).loss / 4; }, 1e-3F, 1e-5);
  }
}

}  // namespace
}  // namespace tram::train
