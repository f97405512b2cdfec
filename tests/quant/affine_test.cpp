#include "models/quant/affine.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "models/support/error.hpp"

namespace tram {
namespace {

TEST(Affine, RangesByHand) {
  const Affine positive = affine_of_range(0.5, 2.55, 8);  // widened to include zero
  EXPECT_FLOAT_EQ(positive.scale, 0.01F);
  EXPECT_EQ(positive.zero, 0);
  const Affine both = affine_of_range(-1.0, 1.55, 8);
  EXPECT_FLOAT_EQ(both.scale, 0.01F);
  EXPECT_EQ(both.zero, 100);
  const Affine negative = affine_of_range(-3.0, -1.0, 4);
  EXPECT_FLOAT_EQ(negative.scale, 0.2F);
  EXPECT_EQ(negative.zero, 15);
  EXPECT_EQ(affine_of_range(0, 0, 8).zero, 0);
  EXPECT_GT(affine_of_range(0, 0, 8).scale, 0);
  EXPECT_EQ(affine_of_range(0, 1e-45, 8).scale, 0x1p-139F);
  EXPECT_EQ(quantise_value(1e-45, affine_of_range(0, 1e-45, 8), 8), 0);  // its code
  EXPECT_EQ(symmetric_affine(1e-45, {8, true}).scale, 0x1p-139F);
  EXPECT_EQ(symmetric_affine_of_range(-1e-45, 0, {8, true}).scale, 0x1p-139F);
}

TEST(Affine, SymmetricCodesOfARange) {
  const Affine wide = symmetric_affine_of_range(-2, 3, CodeFormat{4, false});  // codes 0 .. 15 around 8
  EXPECT_EQ(wide.zero, 8);
  EXPECT_FLOAT_EQ(wide.scale, 3.0F / 7);
  EXPECT_FLOAT_EQ(symmetric_affine_of_range(-8, 3, CodeFormat{4, true}).scale, 1);
  EXPECT_EQ(symmetric_affine_of_range(-8, 3, CodeFormat{4, true}).zero, 0);
  EXPECT_EQ(symmetric_affine_of_range(0, 0, CodeFormat{8, false}).zero, 128);
  EXPECT_GT(symmetric_affine_of_range(0, 0, CodeFormat{8, false}).scale, 0);
  for (const bool is_signed : {false, true})
    for (const float bound : {0.3F, 1.0F, 17.0F}) {
      const CodeFormat format{8, is_signed};
      const Affine affine = symmetric_affine(bound, format);
      const Affine again =
          symmetric_affine_of_range(real_value(format.lowest(), affine), real_value(format.highest(), affine), format);
      EXPECT_EQ(again.zero, affine.zero);
      EXPECT_EQ(again.scale, affine.scale);
    }
}

TEST(Affine, RoundsHalfToEvenAndSaturates) {
  const Affine quarter{0.25F, 10};
  EXPECT_EQ(quantise_value(0.125, quarter, 8), 10);  // .5 to 0
  EXPECT_EQ(quantise_value(0.375, quarter, 8), 12);  // 1.5 to 2
  EXPECT_EQ(quantise_value(-0.125, quarter, 8), 10);
  EXPECT_EQ(quantise_value(-0.375, quarter, 8), 8);
  EXPECT_EQ(quantise_value(1e30, quarter, 8), 255);
  EXPECT_EQ(quantise_value(1e30, quarter, 5), 31);
  EXPECT_EQ(quantise_value(-1e30, quarter, 8), 0);
}

TEST(Affine, EveryCodeIsAFixedPointAndErrorsAreHalfAStep) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<double> ends(0, 10);
  for (int bits = 4; bits <= 8; ++bits)
    for (int trial = 0; trial < 50; ++trial) {
      const double low = -ends(generator), high = ends(generator);
      const Affine affine = affine_of_range(low, high, bits);
      for (int code = 0; code < 1 << bits; ++code)
        ASSERT_EQ(quantise_value(real_value(code, affine), affine, bits), code);
      const double value = low + (high - low) * ends(generator) / 10;
      const double error = std::abs(real_value(quantise_value(value, affine, bits), affine) - value);
      ASSERT_LE(error, affine.scale * 1.0001);  // half a step, and half a step more at an end moved by the zero point
    }
}

TEST(Requantiser, IsTheNearestToTheRealFactor) {
  std::mt19937 generator(2);
  std::uniform_real_distribution<double> exponents(-31, 14.999);
  for (int trial = 0; trial < 10000; ++trial) {
    const double m = std::exp2(exponents(generator));
    const Requantiser r = make_requantiser("test", m);
    ASSERT_GE(r.multiplier, 1 << 30);
    ASSERT_GE(r.shift, 16);
    ASSERT_LE(r.shift, 62);
    ASSERT_LE(std::abs(std::ldexp(r.multiplier, -r.shift) - m), m * std::exp2(-31));
  }
}

TEST(Requantiser, CornerCases) {
  const auto equals = [](Requantiser r, int32_t multiplier, int32_t shift) {
    return r.multiplier == multiplier && r.shift == shift;
  };
  EXPECT_TRUE(equals(make_requantiser("t", 1.0), 1 << 30, 30));
  EXPECT_TRUE(equals(make_requantiser("t", 0.75), 3 << 29, 31));
  EXPECT_TRUE(equals(make_requantiser("t", std::nextafter(1.0, 0.0)), 1 << 30, 30));  // rounds up to 2^31: renormalised
  EXPECT_TRUE(equals(make_requantiser("t", 0.0), 0, 16));
  EXPECT_TRUE(equals(make_requantiser("t", std::exp2(-32)), 1 << 30, 62));
  EXPECT_TRUE(equals(make_requantiser("t", std::exp2(-33)), 0, 16));
  EXPECT_TRUE(equals(make_requantiser("t", 16384.0), 1 << 30, 16));
  EXPECT_THROW(make_requantiser("t", 32768.0), InputError);
  EXPECT_THROW(make_requantiser("t", std::nextafter(32768.0, 0.0)), InputError);  // rounds up to 2^15
  EXPECT_THROW(make_requantiser("t", -1.0), InputError);
  EXPECT_THROW(make_requantiser("t", NAN), InputError);
}

TEST(LeastError, ErrorByHand) {
  // Codes 0 .. 15 of 1: .25 errs by .25, 20 saturates to 15 and errs by 5.
  EXPECT_DOUBLE_EQ(quantisation_error({{0.25, 20}, {3, 1}}, {1.0F, 0}, 4), (3 * 0.0625 + 25) / 4);
}

Affine least_affine(const WeightedValues& samples, double low, double high, int bits) {
  const Interval range = min_error_range(samples, low, high, bits);
  return affine_of_range(range.low, range.high, bits);
}

TEST(LeastError, OneSidedSearchIsExhaustive) {
  std::mt19937 generator(3);
  std::exponential_distribution<double> values(1.0);
  WeightedValues samples;
  double high = 0;
  for (int i = 0; i < 500; ++i) {
    samples.values.push_back(values(generator));
    samples.counts.push_back(1 + i % 3);
    high = std::max(high, samples.values.back());
  }
  double best = 1e300;
  for (int j = 1; j <= 64; ++j)
    best = std::min(best, quantisation_error(samples, affine_of_range(0, high * j / 64, 4), 4));
  const double found = quantisation_error(samples, least_affine(samples, 0, high, 4), 4);
  EXPECT_EQ(found, best);
  EXPECT_LT(found, quantisation_error(samples, affine_of_range(0, high, 4), 4));
}

TEST(LeastError, NoSingleMoveImproves) {
  std::mt19937 generator(4);
  std::normal_distribution<double> values(0.3, 1.0);
  WeightedValues samples;
  for (int i = 0; i < 400; ++i) samples.values.push_back(values(generator));
  samples.values.push_back(9);  // an outlier
  samples.counts.assign(samples.values.size(), 1.0);
  const double low = *std::min_element(samples.values.begin(), samples.values.end());
  const double found = quantisation_error(samples, least_affine(samples, low, 9, 5), 5);
  EXPECT_LT(found, quantisation_error(samples, affine_of_range(low, 9, 5), 5));
  double best = 1e300;
  for (int i = 1; i <= 64; ++i)
    for (int j = 1; j <= 64; ++j)
      best = std::min(best, quantisation_error(samples, affine_of_range(low * i / 64, 9.0 * j / 64, 5), 5));
  EXPECT_LT(found, 1.1 * best);  // descent against the whole grid
}

}  // namespace
}  // namespace tram
