#include "train/layers/batch_norm2d.hpp"

#include "tests/train/gradients.hpp"

namespace tram::train {
namespace {

class BatchNorm2dTest : public testing::TestWithParam<BatchShape> {
 protected:
  BatchNorm2dTest() : x_(random_tensor(shape_, 1)), dy_(random_tensor(shape_, 3)) { fill_random(trained_, 2); }

  /// Mean and population variance of channel c, by definition.
  std::pair<double, double> statistics(int c) const {
    double sum = 0, square = 0;
    for_each_pixel([&](int n, int h, int w) { sum += x_.at(n, c, h, w); });
    const double mean = sum / count();
    for_each_pixel([&](int n, int h, int w) { square += std::pow(x_.at(n, c, h, w) - mean, 2); });
    return {mean, square / count()};
  }
  template <typename Use>
  void for_each_pixel(const Use& use) const {
    for (int n = 0; n < shape_.batch; ++n)
      for (int h = 0; h < shape_.height; ++h)
        for (int w = 0; w < shape_.width; ++w) use(n, h, w);
  }
  double count() const { return static_cast<double>(shape_.pixels()); }
  double loss() { return dot(layer_.forward({trained_, {}, statistics_}, x_).values(), dy_.values()); }

  BatchShape shape_ = GetParam();
  NetworkParameters parameters_;
  BatchNorm2d layer_{parameters_, "bn", shape_};
  BatchTensor x_, dy_;
  std::vector<float> trained_ = std::vector<float>(static_cast<size_t>(2 * shape_.channels));
  std::vector<float> gradient_ = trained_;
  std::vector<float> statistics_ = trained_;
};

TEST_P(BatchNorm2dTest, TrainingEqualsTheDefinition) {
  const BatchTensor& y = layer_.forward({trained_, {}, statistics_}, x_);
  const auto channels = static_cast<size_t>(shape_.channels);
  for (size_t c = 0; c < channels; ++c) {
    const auto [mean, variance] = statistics(static_cast<int>(c));
    EXPECT_NEAR(statistics_[c], mean, 1e-6);
    EXPECT_NEAR(statistics_[channels + c], variance * count() / (count() - 1), 1e-6);
    const double scale = trained_[c] / std::sqrt(variance + 1e-5), shift = trained_[channels + c];
    for_each_pixel([&, mean = mean](int n, int h, int w) {
      const int channel = static_cast<int>(c);
      ASSERT_NEAR(y.at(n, channel, h, w), (x_.at(n, channel, h, w) - mean) * scale + shift, 1e-5);
    });
  }
}

TEST_P(BatchNorm2dTest, InferenceUsesTheRunningStatistics) {
  std::vector<float> running(trained_.size(), 0.25F);
  const BatchTensor& y = layer_.forward({trained_, running, {}}, x_);
  const auto channels = static_cast<size_t>(shape_.channels);
  for (size_t c = 0; c < channels; ++c)
    for_each_pixel([&](int n, int h, int w) {
      const double x = x_.at(n, static_cast<int>(c), h, w);
      const double expected = (x - 0.25) / std::sqrt(0.25 + 1e-5) * trained_[c] + trained_[channels + c];
      ASSERT_NEAR(y.at(n, static_cast<int>(c), h, w), expected, 1e-5);
    });
}

TEST_P(BatchNorm2dTest, BackwardEqualsFiniteDifferences) {
  loss();
  const BatchTensor& dx = layer_.backward({trained_, statistics_, gradient_}, dy_);
  expect_gradient(x_.values(), dx.values(), [this] { return loss(); }, 0.01F, 5e-3);
  expect_gradient(trained_, gradient_, [this] { return loss(); }, 0.5F, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Shapes, BatchNorm2dTest,
                         testing::Values(BatchShape{4, 8, 3, 5}, BatchShape{2, 16, 4, 4}, BatchShape{8, 24, 1, 1},
                                         BatchShape{4, 5, 3, 3}));

}  // namespace
}  // namespace tram::train
