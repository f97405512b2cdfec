#include "models/multiplier/error_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <sstream>

#include "models/data/dataset.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/import.hpp"
#include "models/support/atomic_file.hpp"

namespace tram {
namespace {

/// To the digits printed: six significant ones.
std::string printed(double value) {
  std::ostringstream text;
  text.precision(6);
  text << value;
  return text.str();
}

TEST(ErrorMetrics, TruncationBySixColumns) {
  const ErrorMetrics m = error_metrics(truth_table(array_multiplier(8, 6)));
  EXPECT_DOUBLE_EQ(m.error_rate, 0.9375);
  EXPECT_DOUBLE_EQ(m.mean_error, -80.25);
  EXPECT_DOUBLE_EQ(m.mean_error_distance, 80.25);
  EXPECT_EQ(m.max_error, 321);
  EXPECT_DOUBLE_EQ(m.normalised_med, 80.25 / 65535);
}

/// Bias and deviation of truncated arrays under uniform operands, published to whole numbers.
TEST(ErrorMetrics, TruncationsByFiveToEightColumns) {
  const double bias[] = {-32, -80, -192, -448}, deviation[] = {23, 52, 115, 250};
  for (int i = 0; i < 4; ++i) {
    const ErrorMetrics m = error_metrics(truth_table(array_multiplier(8, 5 + i)));
    EXPECT_NEAR(m.mean_error, bias[i], 0.5);
    EXPECT_NEAR(m.standard_deviation, deviation[i], 0.5);
  }
}

/// By hand: errors 0, 2, 0, -2 on one-bit operands.
TEST(ErrorMetrics, WorkedExample) {
  const ErrorMetrics m = error_metrics({1, 1, false, {0, 2, 0, -1}});
  EXPECT_EQ(m.error_rate, 0.5);
  EXPECT_EQ(m.mean_error, 0);
  EXPECT_EQ(m.mean_error_distance, 1);
  EXPECT_DOUBLE_EQ(m.normalised_med, 1.0 / 3);
  EXPECT_EQ(m.mean_relative_error, 2);  // 1 x 1 is the one product that is not 0
  EXPECT_EQ(m.mean_squared_error, 2);
  EXPECT_DOUBLE_EQ(m.standard_deviation, std::sqrt(2));
  EXPECT_EQ(m.max_error, 2);
}

/// Without column 0 the error is -1 for two odd operands: MRED = (1 + 1/3 + .. + 1/255)^2 / 255^2.
TEST(ErrorMetrics, TruncationByOneColumnInClosedForm) {
  const ErrorMetrics m = error_metrics(truth_table(array_multiplier(8, 1)));
  double odd = 0;
  for (int a = 1; a < 256; a += 2) odd += 1.0 / a;
  EXPECT_NEAR(m.mean_relative_error, odd * odd / (255 * 255), 1e-15);
  EXPECT_EQ(m.mean_squared_error, 0.25);
  EXPECT_DOUBLE_EQ(m.standard_deviation, std::sqrt(0.25 - 0.0625));
}

/// Products of 31 bits: squares of the errors leave 64-bit integers, and the deviation is tiny beside the mean.
TEST(ErrorMetrics, HugeErrorsKeepTheirDeviation) {
  TruthTable table = exact_table();
  for (size_t i = 0; i < table.values.size(); ++i) table.values[i] += 2000000000 + static_cast<int>(i % 2);
  const ErrorMetrics m = error_metrics(table);
  EXPECT_EQ(m.mean_error, 2000000000.5);
  EXPECT_NEAR(m.mean_squared_error, 4e18 + 2e9 + 0.5, 4e18 * 1e-11);  // a sum of 65,536 rounded squares
  EXPECT_EQ(m.standard_deviation, 0.5);
  EXPECT_EQ(m.max_error, 2000000001);
}

TEST(ErrorMetrics, ExactSignedHasNone) {
  const ErrorMetrics m = error_metrics(exact_table(8, 8, true));
  EXPECT_EQ(m.error_rate + m.mean_squared_error + m.mean_relative_error, 0);
}

/// The published circuits: their netlists give the published tables, and the figures of the index to all digits.
TEST(ErrorMetrics, PublishedMultipliersToThePrintedDigits) {
  const auto folder = data_folder() / "multipliers";
  if (!std::filesystem::exists(folder / "index.tsv"))
    GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  std::istringstream index(read_file(folder / "index.tsv"));
  std::string line;
  std::getline(index, line);
  int compared = 0;
  while (std::getline(index, line)) {
    std::istringstream fields(line);
    std::string name, sign, gates, er, med, nmed, max, mean, deviation;
    int bits = 0;
    fields >> name >> bits >> sign >> gates >> er >> med >> nmed >> max >> mean >> deviation;
    const std::string raw = read_file(folder / (name + ".lut.i32"));
    TruthTable table{bits, bits, sign == "s", std::vector<int32_t>(raw.size() / 4)};
    std::memcpy(table.values.data(), raw.data(), raw.size());
    const std::vector<int32_t> codes = truth_table(read_multiplier(folder / (name + ".blif"))).values;
    ASSERT_EQ(codes.size(), table.values.size()) << name;
    for (size_t i = 0; i < codes.size(); ++i)  // a netlist's products are raw codes, also of signed multipliers
      ASSERT_EQ(codes[i], table.values[i] & ((1 << 2 * bits) - 1)) << name;
    const ErrorMetrics m = error_metrics(table);
    EXPECT_EQ(printed(100 * m.error_rate), er) << name;
    EXPECT_EQ(printed(m.mean_error_distance), med) << name;
    EXPECT_EQ(printed(100 * m.normalised_med), nmed) << name;
    EXPECT_EQ(printed(static_cast<double>(m.max_error)), max) << name;
    EXPECT_EQ(printed(m.mean_error), mean) << name;
    EXPECT_EQ(printed(m.standard_deviation), deviation) << name;
    ++compared;
  }
  EXPECT_GE(compared, 15);
}

}  // namespace
}  // namespace tram
