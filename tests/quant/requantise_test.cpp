#include "models/quant/requantise.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "models/quant/accumulator.hpp"
#include "models/quant/column_requantiser.hpp"
#include "tests/quant/exact_arithmetic.hpp"

namespace tram {
namespace {

TEST(RoundHalfEven, ByHand) {
  const std::pair<int64_t, int64_t> halves[] = {{1, 0}, {3, 2}, {5, 2}, {7, 4}, {-1, 0}, {-3, -2}, {-5, -2}, {-7, -4}};
  for (const auto& [twice, expected] : halves) EXPECT_EQ(round_half_even_shift(twice, 1), expected) << twice;
  EXPECT_EQ(round_half_even_shift(9, 3), 1);     // 1.125
  EXPECT_EQ(round_half_even_shift(12, 3), 2);    // 1.5
  EXPECT_EQ(round_half_even_shift(13, 3), 2);    // 1.625
  EXPECT_EQ(round_half_even_shift(-11, 3), -1);  // -1.375
  EXPECT_EQ(round_half_even_shift(-12, 3), -2);  // -1.5
}

TEST(RoundHalfEven, EqualsExactDivision) {
  std::mt19937_64 generator(1);
  for (int trial = 0; trial < 200'000; ++trial) {
    const int shift = 1 + static_cast<int>(generator() % 62);
    int64_t value = static_cast<int64_t>(generator()) >> (generator() % 63);
    if (trial % 2) value = (value >> shift << shift) | (int64_t{1} << (shift - 1));  // a tie
    ASSERT_EQ(round_half_even_shift(value, shift), rounded_quotient(value, shift)) << value << ' ' << shift;
  }
}

TEST(Requantise, EqualsExactDivisionAtEveryEdge) {
  const int32_t values[] = {INT32_MIN, INT32_MIN + 1, -65536, -3, -2, -1, 0, 1, 2, 3, 65536, INT32_MAX - 1, INT32_MAX};
  for (const int32_t multiplier : {1 << 30, (1 << 30) + 1, 3 << 29, INT32_MAX, 0})
    for (int shift = 16; shift <= 62; ++shift)
      for (const int32_t x : values)
        ASSERT_EQ(requantise(x, {multiplier, shift}), rounded_quotient(Int128{x} * multiplier, shift))
            << x << ' ' << multiplier << ' ' << shift;
}

TEST(Saturate, ByHand) {
  EXPECT_EQ(saturate(5, 10, 0, 255), 15);
  EXPECT_EQ(saturate(-50, 10, 0, 255), 0);
  EXPECT_EQ(saturate(-50, 10, 10, 255), 10);  // fused ReLU
  EXPECT_EQ(saturate(int64_t{1} << 45, 10, 0, 15), 15);
  EXPECT_EQ(saturate(-(int64_t{1} << 45), 10, 3, 15), 3);
}

TEST(Accumulator, ConstantsByHand) {
  GemmLayer layer;
  layer.in = {1, 1, 2};
  layer.out = {1, 1, 1};
  layer.weights = {3, 5};
  layer.weight_zero = {4};
  layer.input_zero = 2;
  layer.bias = {10};
  EXPECT_EQ(accumulator_constants(layer), (std::vector<int32_t>{10 - 2 * 8 + 2 * 2 * 4}));
  // x = 7, 1: (3 - 4)(7 - 2) + (5 - 4)(1 - 2) + 10 = 4
  EXPECT_EQ(accumulator(3 * 7 + 5 * 1, 8, 4, 10), 4);
}

/// Every column, whatever its place in a vector register, against the functions for one element.
TEST(ColumnRequantiser, EqualsOneElementAtATime) {
  std::mt19937 generator(3);
  for (const size_t columns : {1U, 3U, 4U, 8U, 31U, 64U, 197U}) {
    ColumnRequantiser requantiser{.output_zero = -7, .clamp_low = -120, .clamp_high = 127};
    for (size_t n = 0; n < columns; ++n)
      requantiser.add(static_cast<int32_t>(generator()) >> 12, static_cast<int32_t>(generator() % 256),
                      {static_cast<int32_t>((generator() >> 2) | 1U << 30), 16 + static_cast<int>(generator() % 47)});
    std::vector<int32_t> products(columns), sums(columns), codes(columns);
    for (int trial = 0; trial < 200; ++trial) {
      for (int32_t& product : products) product = static_cast<int32_t>(generator()) >> (2 + generator() % 24);
      const auto sum_x = static_cast<int32_t>(generator() % 50'000);
      requantiser.accumulators(products, sum_x, sums);
      requantiser.codes(products, sum_x, codes);
      for (size_t n = 0; n < columns; ++n) {
        const int32_t sum = accumulator(products[n], sum_x, requantiser.weight_zero[n], requantiser.constant[n]);
        ASSERT_EQ(sums[n], sum);
        const int shift = requantiser.shift[n];
        const Int128 exact = rounded_quotient(Int128{sum} * requantiser.multiplier[n], shift);
        ASSERT_EQ(codes[n], static_cast<int32_t>(std::clamp<Int128>(exact - 7, -120, 127))) << sum << ' ' << shift;
      }
    }
  }
}

}  // namespace
}  // namespace tram
