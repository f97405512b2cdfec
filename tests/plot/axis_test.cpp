#include "models/plot/axis.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

namespace tram {
namespace {

std::vector<std::string> labels(const AxisScale& scale) {
  std::vector<std::string> all;
  for (const Tick& tick : scale.ticks())
    if (!tick.label.empty()) all.push_back(tick.label);
  return all;
}

AxisScale scale(const Axis& axis, const std::vector<double>& values) { return AxisScale(axis, values); }

TEST(LinearAxis, EndsAtMultiplesOfTheStep) {
  const AxisScale axis = scale({.label = "x"}, {3.2, 47});  // 43.8 / 6 = 7.3: step 10
  EXPECT_EQ(axis.low(), 0);
  EXPECT_EQ(axis.high(), 50);
  EXPECT_EQ(labels(axis), (std::vector<std::string>{"0", "10", "20", "30", "40", "50"}));
  EXPECT_DOUBLE_EQ(axis.position(12.5), 0.25);
}

TEST(LinearAxis, FromZeroAndGivenEnds) {
  const AxisScale energy = scale({.label = "", .from_zero = true}, {0.71, 1.18});
  EXPECT_EQ(labels(energy), (std::vector<std::string>{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2"}));
  const AxisScale given = scale({.label = "", .low = -1.0, .high = 1.0}, {5});
  EXPECT_EQ(given.low(), -1);
  EXPECT_EQ(given.high(), 1);
  EXPECT_EQ(labels(given), (std::vector<std::string>{"-1.0", "-0.5", "0.0", "0.5", "1.0"}));
}

TEST(LinearAxis, OneValueNoValuesAndInfinities) {
  const AxisScale one = scale({}, {5});
  EXPECT_LT(one.low(), 5);
  EXPECT_GT(one.high(), 5);
  const AxisScale none = scale({}, {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()});
  EXPECT_EQ(none.low(), 0);
  EXPECT_EQ(none.high(), 1);
}

TEST(LogarithmicAxis, PowersOfTenAndMinorTicks) {
  const AxisScale axis = scale({.label = "", .is_logarithmic = true, .low = 0.001, .high = 10.0}, {});
  EXPECT_EQ(labels(axis), (std::vector<std::string>{"0.001", "0.01", "0.1", "1", "10"}));
  EXPECT_EQ(axis.ticks().size(), 4u * 9 + 1);
  EXPECT_DOUBLE_EQ(axis.position(0.001), 0);
  EXPECT_DOUBLE_EQ(axis.position(0.1), 0.5);
  EXPECT_DOUBLE_EQ(axis.position(10), 1);
  EXPECT_FALSE(axis.has_zero_band());
}

TEST(LogarithmicAxis, SpareRoomIsSixPercentOfTheDecades) {
  const AxisScale axis = scale({.label = "", .is_logarithmic = true}, {0.01, 100});  // 4 decades: .24 to spare
  EXPECT_NEAR(std::log10(axis.low()), -2.24, 1e-12);
  EXPECT_NEAR(std::log10(axis.high()), 2.24, 1e-12);
}

TEST(LogarithmicAxis, ZeroHasABandOfItsOwn) {
  const AxisScale axis = scale({.label = "", .is_logarithmic = true, .low = 1.0, .high = 100.0}, {0, 5});
  EXPECT_TRUE(axis.has_zero_band());
  EXPECT_DOUBLE_EQ(axis.position(0), 0.05);
  EXPECT_DOUBLE_EQ(axis.position(1), 0.1);
  EXPECT_DOUBLE_EQ(axis.position(10), 0.55);
  EXPECT_EQ(labels(axis), (std::vector<std::string>{"0", "1", "2", "5", "10", "20", "50", "100"}));
}

TEST(LogarithmicAxis, ShortRangesLabelTwoAndFiveLongOnesSkipPowers) {
  EXPECT_EQ(labels(scale({.label = "", .is_logarithmic = true, .low = 0.9, .high = 11.0}, {})),
            (std::vector<std::string>{"1", "2", "5", "10"}));
  EXPECT_EQ(labels(scale({.label = "", .is_logarithmic = true, .low = 1e-12, .high = 1e12}, {})),
            (std::vector<std::string>{"10⁻¹²", "10⁻⁹", "10⁻⁶", "0.001", "1", "1000", "10⁶", "10⁹", "10¹²"}));
}

TEST(Axis, BadEndsAreRefused) {
  EXPECT_THROW(scale({.label = "", .low = 1.0, .high = 1.0}, {}), std::invalid_argument);
  EXPECT_THROW(scale({.label = "", .is_logarithmic = true, .low = 0.0}, {1}), std::invalid_argument);
}

TEST(Axis, AnyDataLieInsideWithAReasonableNumberOfTicks) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(-300, 300), fraction(-1, 1);
  for (int trial = 0; trial < 5000; ++trial) {
    const double size = std::pow(10, exponent(random));
    const std::vector<double> values = {size * fraction(random), size * fraction(random)};
    for (const bool is_logarithmic : {false, true}) {
      const AxisScale axis = scale({.label = "", .is_logarithmic = is_logarithmic}, values);
      for (const double value : values) {
        ASSERT_GE(axis.position(value), -1e-9) << value;
        ASSERT_LE(axis.position(value), 1 + 1e-9) << value;
      }
      ASSERT_GE(labels(axis).size(), 1u) << values[0] << " " << values[1] << is_logarithmic;
      ASSERT_LE(labels(axis).size(), 14u);
    }
  }
}

}  // namespace
}  // namespace tram
