#include "train/data/mixup.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/data/synthetic.hpp"
#include "tests/train/quantised_graphs.hpp"
#include "tests/train/small_training.hpp"

namespace tram::train {
namespace {

struct Moments {
  double mean = 0, square = 0;
};

Moments of_larger_shares(float concentration) {
  constexpr int count = 20000;
  Moments sum;
  for (uint64_t use = 0; use < count; ++use) {
    const float share = mixup_share(concentration, 1, use);
    EXPECT_GE(share, 0.5F);
    EXPECT_LE(share, 1.0F);
    sum.mean += share / count;
    sum.square += (share - 0.5) * (share - 0.5) / count;
  }
  return sum;
}

/// The larger of (u, 1 - u), u uniform, has the mean 3/4; its mean square from 1/2 is the variance of u, 1/12.
TEST(Mixup, SharesAtOneAreUniform) {
  const Moments m = of_larger_shares(1);
  EXPECT_NEAR(m.mean, 0.75, 0.005);
  EXPECT_NEAR(m.square, 1.0 / 12, 0.003);
}

/// Beta(a, a) has the variance 1 / (4 (2 a + 1)); its mean distance from 1/2 is 1 / (a 4^a B(a, a)).
TEST(Mixup, SharesHaveTheMomentsOfBeta) {
  for (const float a : {0.05F, 0.2F, 0.5F}) {
    const Moments m = of_larger_shares(a);
    const double beta = std::tgamma(a) * std::tgamma(a) / std::tgamma(2 * a);
    EXPECT_NEAR(m.mean, 0.5 + 1 / (a * std::pow(4.0, a) * beta), 0.005) << a;
    EXPECT_NEAR(m.square, 1 / (4 * (2 * a + 1)), 0.003) << a;
  }
}

TEST(Mixup, SharesAreAFunctionOfSeedAndUse) {
  EXPECT_EQ(mixup_share(0.5F, 3, 7), mixup_share(0.5F, 3, 7));
  EXPECT_NE(mixup_share(0.5F, 3, 7), mixup_share(0.5F, 3, 8));
  EXPECT_NE(mixup_share(0.5F, 3, 7), mixup_share(0.5F, 4, 7));
}

/// Two values an image: (1, 2), (10, 20), (100, 200).
TEST(Mixup, ImagesAreMixedWithTheNextAsItWas) {
  BatchTensor batch({3, 2, 1, 1});
  for (int row = 0; row < 3; ++row)
    for (int c = 0; c < 2; ++c) batch.at(row, c, 0, 0) = static_cast<float>((c + 1) * std::pow(10, row));
  mix_with_next(std::vector<float>{0.5F, 0.75F, 1}, batch);
  const std::vector<float> expected = {5.5F, 11, 32.5F, 65, 100, 200};
  EXPECT_EQ(std::vector<float>(batch.values().begin(), batch.values().end()), expected);
  EXPECT_EQ(labels_of_next(std::vector<int>{4, 5, 6}), (std::vector<int>{5, 6, 4}));
}

TrainState trained(const Settings& settings, int threads) {
  Trainer trainer(settings, fp32_model(settings), small_images(settings), threads);
  TrainState state = trainer.initial_state();
  for (int i = 0; i < 3; ++i) trainer.step(state);
  return state;
}

TEST(Mixup, TrainingDependsOnItAndNotOnThreads) {
  Settings mixed = small_settings();
  mixed.mixup = 1;
  expect_same_bits(trained(mixed, 1), trained(mixed, 3));
  EXPECT_NE(trained(mixed, 1).trained, trained(small_settings(), 1).trained);
}

/// What products work on, and the derivatives by them, which labels have a part in.
struct Visited : OperandSink {
  void add(const std::string&, GemmShape, std::span<const uint8_t>, std::span<const uint8_t> operands,
           std::span<const float> dproducts) override {
    taps.insert(taps.end(), operands.begin(), operands.end());
    derivatives.insert(derivatives.end(), dproducts.begin(), dproducts.end());
  }
  std::vector<uint8_t> taps;
  std::vector<float> derivatives;
};

Visited visited(const Settings& settings, int shards = 1) {
  const QuantisedStart start =
      quantised_start(settings, trained_resnet8(), Shapes(Split::train, settings.calibrate), 1);
  Trainer trainer(settings, quantised_model(settings, start, {.bits = 8}), small_images(settings), 1);
  TrainState state = trainer.initial_state();
  if (settings.mixup > 0) {  // whose shares are still there
    TrainState other = state;
    trainer.step(other);
  }
  Visited visited;
  trainer.visit_operands(state, shards, visited);
  return visited;
}

TEST(VisitOperands, EndsWithTheEpoch) {
  Settings settings = small_settings();
  settings.calibrate = 16;
  const Visited one = visited(settings, 1), all = visited(settings, 16), more = visited(settings, 1000);
  EXPECT_EQ(all.taps.size(), 16 * one.taps.size());  // 128 images in shards of 8
  EXPECT_EQ(more.taps, all.taps);
}

TEST(Mixup, StatisticsOfOperandsAreOfImagesAsTheyAre) {
  Settings plain = small_settings();
  plain.calibrate = 16;
  Settings mixed = plain;
  mixed.mixup = 1;
  const Visited of_plain = visited(plain), of_mixed = visited(mixed);
  EXPECT_FALSE(of_plain.taps.empty());
  EXPECT_EQ(of_mixed.taps, of_plain.taps);
  EXPECT_EQ(of_mixed.derivatives, of_plain.derivatives);
}

}  // namespace
}  // namespace tram::train
