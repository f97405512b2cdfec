#include "models/multiplier/import_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

/// By hand: T(0,1) = 3 and T(1,0) = 1 differ by 2, at two of the four pairs; a b is 0 there.
TEST(ImportReport, TransposedByHand) {
  const ImportReport report = report_table({1, 1, false, {0, 3, 1, 1}});
  EXPECT_EQ(report.transposed_differs, 0.5);
  EXPECT_EQ(report.mean_transposed_distance, 1);
  EXPECT_EQ(report.max_transposed_distance, 2);
  EXPECT_EQ(report.operand_order, "LUT[a * 2^1 + b]");
  EXPECT_EQ(report.transposed_metrics.mean_error_distance, report.metrics.mean_error_distance);
}

/// Under operands that are not exchangeable, the transposed table has another error.
TEST(ImportReport, AHistogramTellsTheOperandsApart) {
  TruthTable table = exact_table();
  for (uint32_t b = 0; b < 256; ++b) table.values[3 << 8 | b] += 8;  // a = 3 is wrong
  std::vector<double> counts(65536, 0);
  std::fill_n(counts.begin() + (3 << 8), 256, 1);
  const OperandHistogram histogram = histogram_of_counts(counts, 8, 8, "counts");
  const ImportReport report = report_table(table, 0, &histogram);
  EXPECT_DOUBLE_EQ(report.metrics.mean_error_distance, 8);
  EXPECT_DOUBLE_EQ(report.transposed_metrics.mean_error_distance, 8.0 / 256);
  EXPECT_NE(to_text(report).find("histogram operands: ER 100.0000 %, bias 8"), std::string::npos);
}

TEST(ImportReport, OddWidthsHaveNoTransposedTable) {
  const ImportReport report = report_table(exact_table(4, 8));
  EXPECT_FALSE(report.square);
  EXPECT_EQ(to_text(report).find("transposed"), std::string::npos);
  EXPECT_TRUE(report.advice.empty());
}

struct SignCase {
  const char* what;
  TruthTable table;
  std::string advice;
};

TEST(ImportReport, SignsThatAreBrokenAreFoundOut) {
  TruthTable codes = exact_table(8, 8, true), offset = exact_table(), wrapped = exact_table(), mixed = exact_table();
  for (int32_t& value : codes.values) value &= 0xffff;
  codes.is_signed = false;
  for (int32_t& value : wrapped.values) value = static_cast<int16_t>(value);
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      offset.values[a << 8 | b] = (a - 128) * (b - 128);
      mixed.values[a << 8 | b] = static_cast<int8_t>(a) * b;
    }
  const SignCase cases[] = {
      {"signed products in uint16_t", codes,
       "nearer to a b when read as signed, its products as codes (modulo a power of two)"},
      {"rows by value", offset, "nearer to a b when read as signed, offset codes"},
      {"unsigned products in int16_t", wrapped,
       "nearer to a b when read as unsigned, its products as codes (modulo a power of two)"},
      {"one operand signed", mixed,
       "nearer to a b when read as a signed, b unsigned; one signed and one unsigned operand are not supported here"}};
  for (const SignCase& c : cases) {
    const ImportReport report = report_table(c.table);
    ASSERT_EQ(report.advice.size(), 1u) << c.what;
    EXPECT_TRUE(report.advice[0].starts_with(c.advice)) << c.what << ": " << report.advice[0];
  }
  EXPECT_TRUE(report_table(exact_table(8, 8, true)).advice.empty());
}

/// The options of the best reading, applied to the file, give a b.
TEST(ImportReport, TheReadingsOptionsReadTheFile) {
  std::string bytes;
  for (const int32_t value : exact_table(8, 8, true).values)
    for (int i = 0; i < 2; ++i) bytes += static_cast<char>(value >> (8 * i));
  const ImportReport report = report_table(parse_table(bytes, "x.u16"));
  const auto best = std::find_if(report.readings.begin(), report.readings.end(),
                                 [](const TableReading& reading) { return reading.mean_error_distance == 0; });
  ASSERT_NE(best, report.readings.end());
  EXPECT_EQ(parse_table(bytes, "x.u16", best->options).values, exact_table(8, 8, true).values);
}

/// A published converter multiplies magnitudes where both operands are negative: wrong for circuits that are not
/// symmetric in sign. Here that quadrant keeps its sign.
TEST(ImportReport, ABrokenQuadrantIsNamed) {
  TruthTable table = exact_table(8, 8, true);
  for (uint32_t a = 128; a < 256; ++a)
    for (uint32_t b = 128; b < 256; ++b) table.values[a << 8 | b] *= -1;
  const ImportReport report = report_table(table);
  ASSERT_TRUE(report.quadrants.has_value());
  EXPECT_EQ(report.quadrants->both_positive, 0);
  EXPECT_DOUBLE_EQ(report.quadrants->both_negative, 2 * 64.5 * 64.5);
  ASSERT_EQ(report.advice.size(), 1u);
  EXPECT_TRUE(
      report.advice[0].starts_with("the error lies mostly where a < 0 and b < 0 (MED 8320.5 there, 0 elsewhere)"));
}

TEST(ImportReport, FilesOfBothKinds) {
  const TemporaryFolder folder;
  write_file(folder.path() / "m.blif", to_blif(array_multiplier(8, 6)));
  MultiplierFileOptions swapped;
  swapped.swap_operands = true;
  EXPECT_EQ(report_import(folder.path() / "m.blif").operand_order, "a = a, b = b, product = product");
  EXPECT_EQ(report_import(folder.path() / "m.blif", swapped).operand_order, "a = b, b = a, product = product");
  EXPECT_EQ(report_import(folder.path() / "m.blif", swapped).metrics.max_error, 321);
  swapped.offset_codes = true;
  EXPECT_THROW(report_import(folder.path() / "m.blif", swapped), InputError);
  write_file(folder.path() / "m.txt", "0 0 0 1\n");
  EXPECT_EQ(report_import(folder.path() / "m.txt").metrics.error_rate, 0);
  write_file(folder.path() / "m.dat", "");
  EXPECT_THROW(report_import(folder.path() / "m.dat"), InputError);
}

TEST(MatchTables, EqualTransposedAndBySign) {
  const TruthTable trunc = truth_table(build_multiplier(exact_structure(8, 8, true)));
  TruthTable one = trunc, codes = trunc, other = trunc;
  one.values[5] += 1;
  for (int32_t& value : codes.values) value &= 0xffff;
  other.values[9] += 1;
  EXPECT_EQ(match_tables(one, one), TableMatch::equal);
  EXPECT_EQ(match_tables(transposed(one), one), TableMatch::transposed);
  EXPECT_EQ(match_tables(codes, trunc), TableMatch::equal_codes);
  EXPECT_EQ(match_tables(one, other), TableMatch::different);
  EXPECT_EQ(match_tables(exact_table(4, 8), exact_table(8, 4)), TableMatch::transposed);
}

}  // namespace
}  // namespace tram
