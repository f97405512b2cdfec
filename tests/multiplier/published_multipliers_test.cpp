// The published circuits in the data folder against the figures of its index and of the papers that use them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/blif.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/import_report.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/data_folder.hpp"

namespace tram {
namespace {

/// To the digits of the index: six significant ones.
std::string printed(double value) {
  std::ostringstream text;
  text.precision(6);
  text << value;
  return text.str();
}

struct IndexRow {
  std::string name, sign, gates, er, med, nmed, max, mean, deviation, transposed;
  int bits = 0;
  bool is_signed() const { return sign == "s"; }
};

class PublishedMultipliers : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder_ / "index.tsv"))
      GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
    std::istringstream index(read_file(folder_ / "index.tsv"));
    std::string line;
    std::getline(index, line);
    while (std::getline(index, line)) {
      std::istringstream fields(line);
      IndexRow row;
      fields >> row.name >> row.bits >> row.sign >> row.gates >> row.er >> row.med >> row.nmed >> row.max >> row.mean >>
          row.deviation >> row.transposed;
      rows_.push_back(row);
    }
    ASSERT_EQ(rows_.size(), 15u);
  }

  TruthTable lut(const std::string& name, bool is_signed) const {
    MultiplierFileOptions options;
    options.is_signed = is_signed;
    return read_table(folder_ / (name + ".lut.i32"), options);
  }

  const std::filesystem::path folder_ = data_folder() / "multipliers";
  std::vector<IndexRow> rows_;
};

void expect_figures(const ImportReport& report, const IndexRow& row) {
  const ErrorMetrics& m = report.metrics;
  EXPECT_EQ(printed(100 * m.error_rate), row.er) << row.name;
  EXPECT_EQ(printed(m.mean_error_distance), row.med) << row.name;
  EXPECT_EQ(printed(100 * m.normalised_med), row.nmed) << row.name;
  EXPECT_EQ(printed(static_cast<double>(m.max_error)), row.max) << row.name;
  EXPECT_EQ(printed(m.mean_error), row.mean) << row.name;
  EXPECT_EQ(printed(m.standard_deviation), row.deviation) << row.name;
  EXPECT_EQ(printed(100 * report.transposed_differs), row.transposed) << row.name;
}

/// What the index counts: inverters and gates of two inputs; no buffers, no constants.
bool is_gate(const BlifCover& cover) {
  return cover.inputs.size() == 2 || (cover.inputs.size() == 1 && cover.truth_table() == 0b01);
}

TEST_F(PublishedMultipliers, TablesGiveEveryFigureOfTheIndex) {
  for (const IndexRow& row : rows_) {
    const ImportReport report = report_table(lut(row.name, row.is_signed()));
    expect_figures(report, row);
    EXPECT_TRUE(report.advice.empty()) << row.name << ": " << report.advice[0];
  }
}

TEST_F(PublishedMultipliers, NetlistsGiveTheTablesAndEveryFigureOfTheIndex) {
  for (const IndexRow& row : rows_) {
    MultiplierFileOptions options;
    options.is_signed = row.is_signed();
    const auto path = folder_ / (row.name + ".blif");
    const ImportReport report = report_import(path, options);
    EXPECT_EQ(match_tables(report.table, lut(row.name, row.is_signed())), TableMatch::equal) << row.name;
    EXPECT_TRUE(report.operand_order.starts_with("a = A, b = B, product = ")) << report.operand_order;
    expect_figures(report, row);
    const BlifModel model = parse_blif_model(read_file(path), row.name);
    EXPECT_EQ(std::to_string(std::count_if(model.covers.begin(), model.covers.end(), is_gate)), row.gates) << row.name;
  }
}

/// A signed netlist read as unsigned is found out, and an unsigned one read as signed.
TEST_F(PublishedMultipliers, ReadWithTheWrongSignTheReportSaysSo) {
  for (const IndexRow& row : rows_) {
    MultiplierFileOptions options;
    options.is_signed = !row.is_signed();
    const ImportReport report = report_import(folder_ / (row.name + ".blif"), options);
    ASSERT_FALSE(report.advice.empty()) << row.name;
    const std::string right = row.is_signed() ? "signed" : "unsigned";
    EXPECT_TRUE(report.advice[0].starts_with("nearer to a b when read as " + right + " (MED ")) << report.advice[0];
  }
}

/// NMED in % and largest error as the papers print them:
///   name            source                                        circuit here
///   0AB, 1DMU       DAC 2026, table of multipliers                mul8u_0AB, mul8u_1DMU
///   GJM, 1KV9       the same table; ViT figures                   none with this name: not compared
///   OPACT_1, _18    the same table (another tool's structures)    none: not compared
///   1L2H            ViT figures, no error given                   (nothing to compare)
///   2NDH 17C8 17R6  DATE 2025, table of multipliers               mul8u_*
///   06Q, 08E        the same table, 7 bits                        mul7u_*
///   rm8             the same table                                the array without its 8 lowest columns
/// Every circuit here agrees. Names are reused between releases of EvoApproxLib: a circuit of another release under one
/// of these names does not.
TEST_F(PublishedMultipliers, FiguresOfThePapersToThePrintedDigits) {
  constexpr int64_t not_printed = -1;
  struct Figure {
    const char* name;
    const char* nmed;
    int digits;
    int64_t max;
  };
  const Figure figures[] = {{"mul8u_0AB", "0.057", 3, 115},         {"mul8u_1DMU", "0.650", 3, 4084},
                            {"mul8u_2NDH", "0.44", 2, not_printed}, {"mul8u_17C8", "0.56", 2, not_printed},
                            {"mul8u_17R6", "0.67", 2, not_printed}, {"mul7u_06Q", "0.24", 2, not_printed},
                            {"mul7u_08E", "0.46", 2, not_printed}};
  for (const Figure& figure : figures) {
    const ErrorMetrics m = error_metrics(lut(figure.name, false));
    EXPECT_EQ(fmt::format("{:.{}f}", 100 * m.normalised_med, figure.digits), figure.nmed) << figure.name;
    EXPECT_TRUE(figure.max == not_printed || figure.max == m.max_error) << figure.name;
  }
  const ErrorMetrics rm8 = error_metrics(truth_table(array_multiplier(8, 8)));
  EXPECT_EQ(fmt::format("{:.2f}", 100 * rm8.normalised_med), "0.68");
}

}  // namespace
}  // namespace tram
