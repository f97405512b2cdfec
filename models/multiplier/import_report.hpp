#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/file_options.hpp"

namespace tram {

/// A way to read the codes of a table, and how near a b it comes, all pairs alike.
struct TableReading {
  std::string name;               ///< "unsigned", "signed", "a signed, b unsigned", "signed, offset codes", ...
  double mean_error_distance;     ///< MED
  double error_rate;              ///< ER
  MultiplierFileOptions options;  ///< that read the file so, added to those it was read with
  double mean_product;            ///< mean of |a b|, by which readings compare
  bool supported = true;          ///< a TruthTable can be read so (one signed and one unsigned operand cannot)

  double relative_distance() const { return mean_error_distance / mean_product; }
};

/// Errors of a signed multiplier by the signs of its operands.
struct QuadrantErrors {
  double both_positive = 0;  ///< MED over a >= 0, b >= 0
  double a_negative = 0;     ///< a < 0, b >= 0
  double b_negative = 0;     ///< a >= 0, b < 0
  double both_negative = 0;  ///< a < 0, b < 0
};

/// Findings of an import. Published models are often transposed (EvoApproxLib's C functions take (B, A), its Verilog
/// (A, B)) or sign-broken (a signed multiplier read as unsigned, wrapped products, one quadrant of signs wrong).
///
/// As a b is symmetric, the error of a table against a b under uniform operands is the same for the transposed table:
/// it cannot show which operand is which. An operand histogram can (transposed_metrics differ from metrics), and so
/// can a second copy of the multiplier (match_tables).
struct ImportReport {
  TruthTable table;           ///< of operands above 8 bits without values
  std::string operand_order;  ///< "a = A, b = B, product = O" or "LUT[a * 2^8 + b]"
  ErrorMetrics metrics;       ///< of the table as read, under the histogram when one is given
  bool has_histogram = false;
  bool square = true;                   ///< both operands have as many bits; else there is no transposed table
  double transposed_differs = 0;        ///< share of the pairs with T(a, b) != T(b, a)
  double mean_transposed_distance = 0;  ///< mean of |T(a, b) - T(b, a)| over all pairs
  int64_t max_transposed_distance = 0;
  ErrorMetrics transposed_metrics;          ///< of the transposed table against a b, weighed as metrics
  std::vector<TableReading> readings;       ///< the first is the table as read
  std::optional<QuadrantErrors> quadrants;  ///< of a signed table
  std::vector<std::string> notes;           ///< sentences on what the file leaves open, naming it
  std::vector<std::string> advice;          ///< sentences; empty when nothing is odd
};

/// The report of a table. netlist_bits: product bits of the netlist that it comes from; 0 for a table of its own, whose
/// products may be stored as codes of a_bits + b_bits bits.
ImportReport report_table(const TruthTable& table, int netlist_bits = 0, const OperandHistogram* histogram = nullptr);

/// The report of products whose operands are too wide for a table: errors and readings by sign.
ImportReport report_products(const ProductCodes& products, bool is_signed);

/// Reads a netlist file, a C model or a table file and reports. Throws as read_multiplier, read_c_model and read_table
/// do, and InputError for a name of none of these kinds, and for a histogram beside operands above 8 bits.
ImportReport report_import(const std::filesystem::path& path, const MultiplierFileOptions& options = {},
                           const OperandHistogram* histogram = nullptr, const PairSample& sample = {});

/// Weights of the error metrics and their confidence intervals in words, such as "uniform" or "1048576 random pairs,
/// seed 1; 95 % intervals: ER +- 0.01 %, ...".
std::string weighing_text(const ErrorMetrics& metrics, const std::string& all_pairs);

/// The report as lines of text.
std::string to_text(const ImportReport& report);

/// Agreement of two tables of the same multiplier.
enum class TableMatch {
  equal,
  transposed,        ///< the operands are exchanged
  equal_codes,       ///< the products agree as codes of a_bits + b_bits bits: one is read with another sign
  transposed_codes,  ///< both
  different
};

TableMatch match_tables(const TruthTable& table, const TruthTable& reference);

}  // namespace tram
