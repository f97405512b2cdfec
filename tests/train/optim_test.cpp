#include <gtest/gtest.h>

#include <cmath>

#include "train/optim/optimiser.hpp"
#include "train/optim/schedule.hpp"

namespace tram::train {
namespace {

ParameterList weight_and_bias() {
  ParameterList list;
  list.add("w", {1}, Parameter::Kind::weight);
  list.add("b", {1}, Parameter::Kind::bias);
  return list;
}

TEST(Sgd, TwoStepsByHand) {
  const ParameterList list = weight_and_bias();
  const auto sgd = make_optimiser(list, {.method = OptimiserKind::sgd, .momentum = 0.5F, .weight_decay = 0.25F});
  std::vector<float> values = {1, 1};
  const std::vector<float> gradient = {2, 2};
  Optimiser::Slots slots = sgd->initial_slots(list);
  sgd->step(0.125F, 0, gradient, slots, values);
  EXPECT_EQ(slots[0], (std::vector<float>{2.25F, 2}));  // the bias does not decay
  EXPECT_EQ(values, (std::vector<float>{0.71875F, 0.75F}));
  sgd->step(0.125F, 1, gradient, slots, values);
  EXPECT_EQ(slots[0], (std::vector<float>{0.5F * 2.25F + 2 + 0.25F * 0.71875F, 3}));
  EXPECT_EQ(values[1], 0.375F);
}

TEST(Adam, TwoStepsByHand) {
  const ParameterList list = weight_and_bias();
  const auto adam = make_optimiser(
      list, {.method = OptimiserKind::adam, .momentum = 0.5F, .second_moment = 0.75F, .weight_decay = 0.25F});
  std::vector<float> values = {1, 1};
  Optimiser::Slots slots = adam->initial_slots(list);
  adam->step(0.125F, 0, std::vector<float>{2, 2}, slots, values);
  EXPECT_FLOAT_EQ(values[0], 1 - 0.125F * (1 + 0.25F));  // the first step has length `rate`, plus decay
  EXPECT_FLOAT_EQ(values[1], 1 - 0.125F);
  adam->step(0.125F, 1, std::vector<float>{0, 0}, slots, values);
  const float m = 0.5F / 0.75F, s = 0.75F / 0.4375F;  // of gradients 2, 0: moments .5 and .75, divided by 1 - b^2
  EXPECT_FLOAT_EQ(values[1], 0.875F - 0.125F * m / std::sqrt(s));
}

TEST(Average, FollowsTheValues) {
  std::vector<float> average = {0, 4};
  update_average(0.75F, std::vector<float>{1, 0}, average);
  EXPECT_EQ(average, (std::vector<float>{0.25F, 3}));
}

TEST(Schedule, CosineRisesThenFallsToZero) {
  const Schedule schedule{.kind = ScheduleKind::cosine, .peak = 1, .warmup_steps = 3, .total_steps = 11};
  EXPECT_FLOAT_EQ(schedule.rate(0), 0.25F);
  EXPECT_FLOAT_EQ(schedule.rate(2), 0.75F);
  EXPECT_FLOAT_EQ(schedule.rate(3), 1);
  EXPECT_FLOAT_EQ(schedule.rate(7), 0.5F);  // half way
  EXPECT_LT(schedule.rate(10), 0.05F);
  EXPECT_GT(schedule.rate(10), 0);
}

TEST(Schedule, StepFallsTwice) {
  const Schedule schedule{.kind = ScheduleKind::step, .peak = 1, .total_steps = 8};
  EXPECT_FLOAT_EQ(schedule.rate(3), 1);
  EXPECT_FLOAT_EQ(schedule.rate(4), 0.1F);
  EXPECT_FLOAT_EQ(schedule.rate(5), 0.1F);
  EXPECT_FLOAT_EQ(schedule.rate(6), 0.01F);
}

TEST(Schedule, ConstantStays) {
  const Schedule schedule{.kind = ScheduleKind::constant, .peak = 0.5F, .warmup_steps = 1, .total_steps = 10};
  EXPECT_FLOAT_EQ(schedule.rate(0), 0.25F);
  EXPECT_FLOAT_EQ(schedule.rate(9), 0.5F);
}

}  // namespace
}  // namespace tram::train
