// Statistics of operands and the error of multipliers on them, against the definitions.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "models/gemm/soft_table_gemm.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/error.hpp"
#include "tests/train/gradients.hpp"
#include "train/structure/operand_statistics.hpp"

namespace tram::train {
namespace {

struct Block {
  GemmShape shape;
  std::vector<uint8_t> weights, taps;
  std::vector<float> dproducts;
};

Block random_block(int bits, GemmShape shape, uint64_t seed) {
  std::mt19937_64 random(seed);
  Block block{shape, std::vector<uint8_t>(shape.n * shape.k), std::vector<uint8_t>(shape.m * shape.k),
              std::vector<float>(shape.m * shape.n)};
  const auto code = [&] { return static_cast<uint8_t>((random() & random()) & ((1u << bits) - 1)); };
  for (uint8_t& w : block.weights) w = code();
  for (uint8_t& x : block.taps) x = code();
  fill_random(block.dproducts, seed, 1e-18F);  // squares underflow in float
  return block;
}

void add(OperandStatistics& statistics, const Block& block) {
  statistics.add(block.shape, block.weights, block.taps, block.dproducts);
}

TEST(OperandStatistics, CountsAndFisherWeightsByDefinition) {
  const int bits = 5;
  OperandStatistics statistics({.bits = bits});
  std::vector<double> counts(1024, 0.0), fisher(1024, 0.0);
  for (const Block& b : {random_block(bits, {20, 18, 7}, 1), random_block(bits, {5, 3, 2}, 2)}) {
    add(statistics, b);
    for (int64_t m = 0; m < b.shape.m; ++m)
      for (int64_t n = 0; n < b.shape.n; ++n)
        for (int64_t k = 0; k < b.shape.k; ++k) {
          const size_t pair = size_t{b.weights[n * b.shape.k + k]} << bits | b.taps[m * b.shape.k + k];
          ++counts[pair];
          fisher[pair] += std::pow(double{b.dproducts[m * b.shape.n + n]}, 2);
        }
  }
  for (size_t pair = 0; pair < counts.size(); ++pair) {
    EXPECT_EQ(statistics.counts()[pair], counts[pair]);
    EXPECT_NEAR(statistics.fisher()[pair], fisher[pair], 1e-5 * fisher[pair]);
  }
  EXPECT_EQ(statistics.multiplications(), 20 * 18 * 7 + 5 * 3 * 2);
}

/// Of the first images, by definition.
TEST(OperandStatistics, SlopesByImageWeightAndBit) {
  const int bits = 4;
  OperandStatistics statistics({.bits = bits, .images = 2, .slope_images = 3});
  std::vector<std::vector<double>> expected;
  for (const Block& b : {random_block(bits, {6, 5, 3}, 4), random_block(bits, {10, 5, 3}, 5)}) {
    add(statistics, b);
    for (int64_t image = 0; image < 2; ++image) {
      std::vector<double>& own = expected.emplace_back(16 * 5);
      for (int64_t m = image * b.shape.m / 2; m < (image + 1) * b.shape.m / 2; ++m)
        for (int64_t n = 0; n < 5; ++n)
          for (int64_t k = 0; k < 3; ++k)
            for (int j = 0; j <= bits; ++j)
              if (j == bits || (b.taps[m * 3 + k] >> j & 1) != 0)
                own[b.weights[n * 3 + k] * 5 + j] += b.dproducts[m * 5 + n];
    }
  }
  ASSERT_EQ(statistics.slopes().size(), 3U);
  for (size_t image = 0; image < 3; ++image)
    for (size_t i = 0; i < 80; ++i)
      EXPECT_NEAR(statistics.slopes()[image][i], expected[image][i], 1e-23) << image << ' ' << i;
  EXPECT_THROW(add(statistics, random_block(bits, {7, 5, 3}, 6)), std::invalid_argument);
}

using Counted = std::map<std::tuple<int, int, int>, int>;

Counted counted(const std::vector<OperandTransition>& transitions) {
  Counted all;
  for (const OperandTransition& t : transitions) ++all[{t.weight, t.previous, t.now}];
  return all;
}

TEST(OperandStatistics, KeepsAllTransitionsWhenTheyAreFew) {
  const Block b = random_block(4, {6, 5, 3}, 3);
  OperandStatistics statistics({.bits = 4, .transitions = 75});
  add(statistics, b);
  std::vector<OperandTransition> all;
  for (int64_t m = 0; m + 1 < 6; ++m)
    for (int64_t n = 0; n < 5; ++n)
      for (int64_t k = 0; k < 3; ++k) all.push_back({b.weights[n * 3 + k], b.taps[m * 3 + k], b.taps[(m + 1) * 3 + k]});
  EXPECT_EQ(counted(statistics.transitions()), counted(all));
}

/// Blocks of w = 1 and w = 2 with three times as many transitions: the sample has both in this ratio.
TEST(OperandStatistics, SamplesTransitionsOfAllBlocksAlike) {
  const auto block = [](uint8_t w, int64_t m) {
    return Block{{m, 1, 100}, std::vector<uint8_t>(100, w), std::vector<uint8_t>(m * 100, 3), {}};
  };
  const Block first = block(1, 101), second = block(2, 301);
  OperandStatistics both({.transitions = 2000});
  add(both, first);
  add(both, second);
  EXPECT_EQ(both.transitions().size(), 2000u);
  EXPECT_NEAR(counted(both.transitions()).at({1, 3, 3}), 500, 4 * std::sqrt(2000 * 0.25 * 0.75));
}

TEST(OperandStatistics, AreTheSameForTheSameCalls) {
  OperandStatistics one({.transitions = 50}), other({.transitions = 50}), seeded({.transitions = 50, .seed = 2});
  for (OperandStatistics* statistics : {&one, &other, &seeded})
    for (uint64_t seed = 1; seed < 4; ++seed) add(*statistics, random_block(8, {30, 9, 11}, seed));
  EXPECT_EQ(one.transitions(), other.transitions());
  EXPECT_NE(one.transitions(), seeded.transitions());
}

TEST(OperandStatistics, RefusesOtherSizes) {
  OperandStatistics statistics;
  const std::vector<uint8_t> codes(6);
  EXPECT_THROW(statistics.add({2, 2, 3}, codes, std::span(codes).first(5), {}), std::invalid_argument);
}

}  // namespace
}  // namespace tram::train
