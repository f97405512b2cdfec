#include "tests/train/gradients.hpp"
#include "train/layers/cross_entropy.hpp"
#include "train/layers/global_average_pool.hpp"
#include "train/layers/linear.hpp"
#include "train/layers/relu.hpp"
#include "train/layers/residual_add.hpp"
#include "train/layers/subsample.hpp"

namespace tram::train {
namespace {

const BatchShape map = {2, 8, 5, 6};

BatchTensor copy(const BatchTensor& tensor) {
  BatchTensor result(tensor.shape());
  std::copy(tensor.values().begin(), tensor.values().end(), result.values().begin());
  return result;
}

TEST(Relu, ClipsBelowZeroAndPassesTheGradientWhereItDidNot) {
  const BatchTensor x = random_tensor(map, 1), dy = random_tensor(map, 2);
  BatchTensor y = copy(x), dx = copy(dy);
  Relu relu(map);
  relu.forward(y);
  relu.backward(dx);
  for (size_t i = 0; i < x.values().size(); ++i) {
    EXPECT_EQ(y.values()[i], std::max(x.values()[i], 0.0F));
    EXPECT_EQ(dx.values()[i], x.values()[i] > 0 ? dy.values()[i] : 0.0F);
  }
}

TEST(ResidualAdd, AddsElementByElement) {
  const BatchTensor a = random_tensor(map, 1), b = random_tensor(map, 2);
  BatchTensor sum = copy(a);
  ResidualAdd(map).forward(sum, b);
  for (size_t i = 0; i < a.values().size(); ++i) EXPECT_EQ(sum.values()[i], a.values()[i] + b.values()[i]);
}

TEST(Subsample, TakesEverySecondPixelAndPadsChannelsOnBothSides) {
  BatchTensor x = random_tensor(map, 1);
  Subsample layer(map, 16, 2);
  const BatchTensor& y = layer.forward(x);
  EXPECT_EQ(y.shape(), (BatchShape{2, 16, 3, 3}));
  for (int n = 0; n < 2; ++n)
    for (int c = 0; c < 16; ++c)
      for (int h = 0; h < 3; ++h)
        for (int w = 0; w < 3; ++w)
          EXPECT_EQ(y.at(n, c, h, w), c < 4 || c >= 12 ? 0.0F : x.at(n, c - 4, 2 * h, 2 * w));
}

TEST(Subsample, BackwardEqualsFiniteDifferences) {
  BatchTensor x = random_tensor(map, 1);
  Subsample layer(map, 16, 2);
  const BatchTensor dy = random_tensor({2, 16, 3, 3}, 2);
  expect_gradient(x.values(), layer.backward(dy).values(), [&] { return dot(layer.forward(x).values(), dy.values()); },
                  0.5F, 1e-6);
}

TEST(GlobalAveragePool, ForwardIsTheMeanAndBackwardEqualsFiniteDifferences) {
  BatchTensor x = random_tensor(map, 1);
  GlobalAveragePool layer(map);
  const BatchTensor& y = layer.forward(x);
  for (int n = 0; n < map.batch; ++n)
    for (int c = 0; c < map.channels; ++c) {
      double sum = 0;
      for (int h = 0; h < map.height; ++h)
        for (int w = 0; w < map.width; ++w) sum += x.at(n, c, h, w);
      EXPECT_NEAR(y.at(n, c, 0, 0), sum / (map.height * map.width), 1e-6);
    }
  const BatchTensor dy = random_tensor(y.shape(), 2);
  expect_gradient(x.values(), layer.backward(dy).values(), [&] { return dot(layer.forward(x).values(), dy.values()); },
                  0.5F, 1e-4);
}

TEST(Linear, ForwardEqualsTheDefinitionAndBackwardFiniteDifferences) {
  constexpr int batch = 3, in = 16, out = 10;
  NetworkParameters parameters;
  Linear layer(parameters, "linear", batch, in, out);
  BatchTensor x = random_tensor({batch, in, 1, 1}, 1);
  const BatchTensor dy = random_tensor({batch, out, 1, 1}, 2);
  std::vector<float> trained(static_cast<size_t>(parameters.trained.size())), gradient(trained.size());
  fill_random(trained, 3);
  const BatchTensor& y = layer.forward({trained, {}, {}}, x);
  for (int n = 0; n < batch; ++n)
    for (int o = 0; o < out; ++o) {
      double sum = trained[static_cast<size_t>(out * in + o)];
      for (int i = 0; i < in; ++i) sum += double{x.at(n, i, 0, 0)} * trained[static_cast<size_t>(o * in + i)];
      EXPECT_NEAR(y.at(n, o, 0, 0), sum, 1e-5);
    }
  const auto loss = [&] { return dot(layer.forward({trained, {}, {}}, x).values(), dy.values()); };
  const BatchTensor& dx = layer.backward({trained, {}, gradient}, dy);
  expect_gradient(x.values(), dx.values(), loss, 0.5F, 1e-4);
  expect_gradient(trained, gradient, loss, 0.5F, 1e-4);
}

TEST(CrossEntropy, WorkedCase) {
  BatchTensor logits({2, 3, 1, 1});
  const float rows[] = {0, 0, 0, 2, 0, 1};
  std::copy(std::begin(rows), std::end(rows), logits.data());
  const std::vector<int> labels = {1, 0};
  const CrossEntropyResult result = cross_entropy_forward(logits, labels);
  EXPECT_NEAR(result.loss, std::log(3.0) + std::log(1 + std::exp(-2.0) + std::exp(-1.0)), 1e-12);
  EXPECT_EQ(result.correct, 1);
}

TEST(CrossEntropy, LargeLogitsDoNotOverflow) {
  BatchTensor logits({1, 3, 1, 1});
  logits.at(0, 0, 0, 0) = 1e5F;
  EXPECT_NEAR(cross_entropy_forward(logits, std::vector<int>{1}).loss, 1e5, 1e-6);
}

TEST(CrossEntropy, BackwardEqualsFiniteDifferences) {
  const BatchShape shape = {4, 10, 1, 1};
  BatchTensor logits = random_tensor(shape, 1), dlogits(shape);
  const std::vector<int> labels = {3, 0, 9, 3};
  cross_entropy_backward(logits, labels, 0.25F, dlogits);
  expect_gradient(logits.values(), dlogits.values(),
                  [&] { return cross_entropy_forward(logits, labels).loss / 4; }, 1e-3F, 1e-5);
}

}  // namespace
}  // namespace tram::train
