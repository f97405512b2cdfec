#include <gtest/gtest.h>

#include "train/optim/schedule.hpp"
#include "train/optim/sgd.hpp"

namespace tram::train {
namespace {

TEST(Sgd, TwoStepsByHand) {
  ParameterList list;
  list.add("w", {1}, Parameter::Kind::weight);
  list.add("b", {1}, Parameter::Kind::bias);
  std::vector<float> values = {1, 1}, velocity = {0, 0};
  const std::vector<float> gradient = {2, 2};
  const Sgd sgd(list, {.momentum = 0.5F, .weight_decay = 0.25F});
  sgd.step(0.125F, gradient, velocity, values);
  EXPECT_EQ(velocity, (std::vector<float>{2.25F, 2}));  // the bias does not decay
  EXPECT_EQ(values, (std::vector<float>{0.71875F, 0.75F}));
  sgd.step(0.125F, gradient, velocity, values);
  EXPECT_EQ(velocity, (std::vector<float>{0.5F * 2.25F + 2 + 0.25F * 0.71875F, 3}));
  EXPECT_EQ(values[1], 0.375F);
}

TEST(CosineSchedule, RisesThenFallsToZero) {
  const CosineSchedule schedule{.peak = 1, .warmup_steps = 3, .total_steps = 11};
  EXPECT_FLOAT_EQ(schedule.rate(0), 0.25F);
  EXPECT_FLOAT_EQ(schedule.rate(2), 0.75F);
  EXPECT_FLOAT_EQ(schedule.rate(3), 1);
  EXPECT_FLOAT_EQ(schedule.rate(7), 0.5F);  // half way
  EXPECT_LT(schedule.rate(10), 0.05F);
  EXPECT_GT(schedule.rate(10), 0);
}

}  // namespace
}  // namespace tram::train
