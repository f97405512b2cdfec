#include "models/multiplier/error_metrics.hpp"

#include <gtest/gtest.h>

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
