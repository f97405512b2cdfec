// Sampling: sizes, choices, and the estimate with its interval on a population that is known.
#include "sim/engines/sample_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tram {
namespace {

TEST(SampleSize, FollowsTheLengthOfTheRun) {
  EXPECT_EQ(sample_size(1, 64, 64).columns, 64);
  EXPECT_EQ(sample_size(1000, 64, 64).columns, (sampled_columns_of_a_run + 999) / 1000);
  EXPECT_EQ(sample_size(100000000, 64, 64).columns, 2);
  EXPECT_EQ(sample_size(100000000, 1, 64).columns, 1);
  EXPECT_EQ(sample_size(100000000, 64, 3).rows, 3);
  EXPECT_EQ(sample_of(1, 64, 64).columns, 2);
  EXPECT_EQ(sample_of(80, 64, 64).columns, 20);
  EXPECT_EQ(sample_of(1 << 20, 64, 64).columns, 64);
}

TEST(Choices, AreDistinctAscendingAndUniform) {
  std::mt19937_64 random(1);
  std::vector<int> hits(10, 0), systematic_hits(10, 0);
  for (int trial = 0; trial < 20000; ++trial) {
    for (auto choose : {random_choice, systematic_choice}) {
      const std::vector<int> chosen = choose(10, 3, random);
      ASSERT_EQ(chosen.size(), 3U);
      ASSERT_TRUE(std::ranges::is_sorted(chosen, std::less_equal{}) && chosen.front() >= 0 && chosen.back() < 10);
      for (const int i : chosen) ++(choose == random_choice ? hits : systematic_hits)[size_t(i)];
    }
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_NEAR(hits[size_t(i)], 6000, 300);
    EXPECT_NEAR(systematic_hits[size_t(i)], 6000, 300);
  }
  EXPECT_EQ(random_choice(4, 4, random), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(systematic_choice(4, 4, random), (std::vector<int>{0, 1, 2, 3}));
}

TEST(TwoStageEstimate, ByHand) {
  // N = 4 columns of M = 6 rows; sampled: columns with PEs {1, 3} and {2, 6}.
  const auto pe = [](double joule) { return ArrayEnergy{.multiplier = 0, .adder = joule, .registers = 0, .clock = 0}; };
  TwoStageEstimate estimate(4, 6);
  estimate.add_column({pe(1), pe(3)});
  estimate.add_column({pe(2), pe(6)});
  EXPECT_DOUBLE_EQ(estimate.energy().adder, 4.0 / 2 * (12 + 24));
  // s1^2 of 12 and 24 is 72; s2^2 are 2 and 8.
  const double first = 16 * 0.5 * 72 / 2, second = 2 * (36 * (2.0 / 3) * 2 / 2 + 36 * (2.0 / 3) * 8 / 2);
  EXPECT_DOUBLE_EQ(estimate.sampled().variance, first + second);
  EXPECT_EQ(estimate.sampled().pes, 4);
  EXPECT_EQ(estimate.sampled().of, 24);
}

/// 95 % intervals hold the true sum in about 95 % of the samples, or more.
TEST(TwoStageEstimate, IntervalsCover) {
  constexpr int columns = 40, rows = 32;
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  std::vector<std::vector<ArrayEnergy>> population(columns, std::vector<ArrayEnergy>(rows));
  double truth = 0;
  for (auto& column : population) {
    const double level = 10 + normal(random);
    for (int r = 0; r < rows; ++r) {
      column[size_t(r)].adder = level + 0.05 * r + normal(random);
      truth += column[size_t(r)].adder;
    }
  }
  int covered = 0;
  double mean = 0;
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    TwoStageEstimate estimate(columns, rows);
    for (const int c : random_choice(columns, 8, random)) {
      std::vector<ArrayEnergy> pes;
      for (const int r : systematic_choice(rows, 8, random)) pes.push_back(population[size_t(c)][size_t(r)]);
      estimate.add_column(pes);
    }
    const SampledEnergy sampled = estimate.sampled();
    covered += std::abs(sampled.joule - truth) < 2.36 * std::sqrt(sampled.variance);  // t of 7 degrees of freedom
    mean += sampled.joule / trials;
  }
  EXPECT_NEAR(mean / truth, 1, 0.003);
  EXPECT_GT(covered, 0.93 * trials);
}

TEST(TwoStageEstimate, WholePopulationHasNoVariance) {
  TwoStageEstimate estimate(2, 2);
  estimate.add_column({{0, 1, 2, 0}, {0, 3, 4, 0}});
  estimate.add_column({{0, 5, 6, 0}, {0, 7, 8, 0}});
  EXPECT_EQ(estimate.sampled().variance, 0);
  EXPECT_DOUBLE_EQ(estimate.energy().adder, 16);
  EXPECT_DOUBLE_EQ(estimate.energy().registers, 20);
}

}  // namespace
}  // namespace tram
