#include "models/support/quantity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/support/message_of.hpp"

namespace tram {
namespace {

std::string refusal(const std::string& text, Dimension dimension) {
  return message_of<std::invalid_argument>([&] { parse_quantity(text, dimension); });
}

TEST(Quantity, DecimalPrefixesGiveTheNearestDouble) {
  EXPECT_EQ(parse_quantity("500 MHz", Dimension::frequency), 500e6);
  EXPECT_EQ(parse_quantity("500MHz", Dimension::frequency), 500e6);
  EXPECT_EQ(parse_quantity("1.5 GHz", Dimension::frequency), 1.5e9);
  EXPECT_EQ(parse_quantity("60 ns", Dimension::time), 60e-9);
  EXPECT_EQ(parse_quantity("60.5 ns", Dimension::time), 60.5e-9);
  EXPECT_EQ(parse_quantity("0.3 us", Dimension::time), 0.3e-6);
  EXPECT_EQ(parse_quantity("12 pJ", Dimension::energy), 12e-12);
  EXPECT_EQ(parse_quantity("64 pJ/B", Dimension::energy_per_byte), 64e-12);
  EXPECT_EQ(parse_quantity("6.4 GB/s", Dimension::bandwidth), 6.4e9);
  EXPECT_EQ(parse_quantity("2.5e1 fF", Dimension::capacitance), 25e-15);
  EXPECT_EQ(parse_quantity("1e+3 Hz", Dimension::frequency), 1e3);
}

TEST(Quantity, BytesTakeBinaryAndDecimalPrefixes) {
  EXPECT_EQ(parse_quantity("256 KiB", Dimension::size), 262144);
  EXPECT_EQ(parse_quantity("1.5 MiB", Dimension::size), 1572864);
  EXPECT_EQ(parse_quantity("4 kB", Dimension::size), 4000);
}

TEST(Quantity, CyclesNeedNoUnit) {
  EXPECT_EQ(parse_quantity("8", Dimension::cycles), 8);
  EXPECT_EQ(parse_quantity("8 cycles", Dimension::cycles), 8);
  EXPECT_EQ(refusal("8 ns", Dimension::cycles), "'8 ns' is a time; a number of cycles such as 2 cycles is expected");
}

TEST(Quantity, UnlimitedIsABandwidthOnly) {
  EXPECT_TRUE(std::isinf(parse_quantity("unlimited", Dimension::bandwidth)));
  EXPECT_EQ(refusal("unlimited", Dimension::time),
            "'unlimited' is not a number with a unit; a time such as 60 ns is expected");
}

TEST(Quantity, RefusalsNameWhatWasFound) {
  EXPECT_EQ(refusal("500 MiB", Dimension::frequency), "'500 MiB' is a size; a frequency such as 100 MHz is expected");
  EXPECT_EQ(refusal("500", Dimension::frequency), "'500' has no unit; a frequency such as 100 MHz is expected");
  EXPECT_EQ(refusal("500 mhz", Dimension::frequency),
            "'500 mhz' has an unknown unit; a frequency such as 100 MHz is expected");
  EXPECT_EQ(refusal("MHz", Dimension::frequency),
            "'MHz' is not a number with a unit; a frequency such as 100 MHz is expected");
  EXPECT_EQ(refusal("64 KB", Dimension::size), "'64 KB' has an unknown unit; a size such as 256 KiB is expected");
  EXPECT_EQ(refusal("64 mB", Dimension::size), "'64 mB' has an unknown unit; a size such as 256 KiB is expected");
  EXPECT_EQ(refusal("6.4 GB", Dimension::bandwidth), "'6.4 GB' is a size; a bandwidth such as 6.4 GB/s is expected");
}

TEST(Quantity, BeyondTheRangeOfNumbersIsRefused) {
  EXPECT_EQ(refusal("1e300 Ts", Dimension::time), "'1e312' is beyond the range of numbers; a smaller one is expected");
  EXPECT_EQ(parse_quantity("1e300 s", Dimension::time), 1e300);
}

class QuantityGarbage : public testing::TestWithParam<const char*> {};

TEST_P(QuantityGarbage, IsRefused) {
  EXPECT_NE(refusal(GetParam(), Dimension::time), "") << GetParam();
  EXPECT_NE(refusal(GetParam(), Dimension::size), "") << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Texts, QuantityGarbage,
                         testing::Values("", " ", "-", ".", "1.2.3 s", "1 2 s", "1e s", "1e999 s", "0x10 s", "nan s",
                                         "inf B", "1 ss", "1 s s", "--1 B", "1,5 s", "e3 s", "1e99999999999 B"));

class QuantityRoundTrip : public testing::TestWithParam<std::pair<double, Dimension>> {};

TEST_P(QuantityRoundTrip, FormatThenParseIsExact) {
  const auto [value, dimension] = GetParam();
  EXPECT_EQ(parse_quantity(format_quantity(value, dimension), dimension), value) << format_quantity(value, dimension);
}

INSTANTIATE_TEST_SUITE_P(Values, QuantityRoundTrip,
                         testing::Values(std::pair{100e6, Dimension::frequency}, std::pair{60.5e-9, Dimension::time},
                                         std::pair{0.0, Dimension::time}, std::pair{1.0 / 3, Dimension::time},
                                         std::pair{262144.0, Dimension::size}, std::pair{65.0, Dimension::size},
                                         std::pair{6.4e9, Dimension::bandwidth},
                                         std::pair{75.625e-12, Dimension::energy_per_byte},
                                         std::pair{1e-18, Dimension::energy}, std::pair{8.0, Dimension::cycles},
                                         std::pair{1099511627776.0, Dimension::cycles},
                                         std::pair{std::numeric_limits<double>::infinity(), Dimension::bandwidth}));

TEST(Quantity, FormatPicksTheShortestText) {
  EXPECT_EQ(format_quantity(100e6, Dimension::frequency), "100 MHz");
  EXPECT_EQ(format_quantity(262144, Dimension::size), "256 KiB");
  EXPECT_EQ(format_quantity(60.5e-9, Dimension::time), "60.5 ns");
  EXPECT_EQ(format_quantity(64, Dimension::size), "64 B");
  EXPECT_EQ(format_quantity(2, Dimension::cycles), "2");
}

}  // namespace
}  // namespace tram
