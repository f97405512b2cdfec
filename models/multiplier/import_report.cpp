#include "models/multiplier/import_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "models/multiplier/c_model.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/sign_reading.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Number format in which codes are read: operands and product in two's complement or not; offset: code c is the
/// operand c - 2^(bits - 1).
struct CodeReading {
  const char* name;
  bool a_signed, b_signed, product_signed, offset, supported;
};

constexpr CodeReading code_readings[] = {
    {"unsigned", false, false, false, false, true},
    {"signed", true, true, true, false, true},
    {"signed, offset codes", true, true, true, true, true},
    {"a signed, b unsigned", true, false, true, false, false},
    {"a unsigned, b signed", false, true, true, false, false},
};

int64_t operand(uint32_t code, int bits, bool is_signed, bool offset) {
  const int64_t half = int64_t{1} << (bits - 1);
  if (offset) return code - half;
  return is_signed && code >= half ? code - 2 * half : code;
}

/// Whether every product is a code of so many bits, signed or unsigned.
bool fits_codes(const TruthTable& table, int bits) {
  const int64_t modulus = int64_t{1} << bits;
  return std::all_of(table.values.begin(), table.values.end(),
                     [&](int64_t value) { return value >= -modulus / 2 && value < modulus; });
}

int code_bits(const TruthTable& table, int netlist_bits) {
  return netlist_bits > 0 ? netlist_bits : table.a_bits + table.b_bits;
}

/// Mean of |x| over all codes.
double mean_size(int bits, bool is_signed) { return is_signed ? std::exp2(bits - 2) : (std::exp2(bits) - 1) / 2; }

TableReading evaluate(const TruthTable& table, int netlist_bits, const CodeReading& reading) {
  const int64_t modulus = int64_t{1} << code_bits(table, netlist_bits);
  double distance = 0;
  int64_t wrong = 0;
  bool wrapped = false;
  for (uint32_t a = 0; a < 1u << table.a_bits; ++a)
    for (uint32_t b = 0; b < 1u << table.b_bits; ++b) {
      const int64_t exact = operand(a, table.a_bits, reading.a_signed, reading.offset) *
                            operand(b, table.b_bits, reading.b_signed, reading.offset);
      int64_t product = table.at(a, b) & (modulus - 1);
      if (reading.product_signed && product >= modulus / 2) product -= modulus;
      distance += static_cast<double>(std::llabs(product - exact));
      wrong += product != exact;
      wrapped = wrapped || product != table.at(a, b);
    }
  const auto pairs = static_cast<double>(table.values.size());
  MultiplierFileOptions options;
  options.is_signed = reading.product_signed;
  options.offset_codes = reading.offset;
  options.wrapped_products = wrapped && netlist_bits == 0;
  return {reading.name,
          distance / pairs,
          static_cast<double>(wrong) / pairs,
          options,
          mean_size(table.a_bits, reading.a_signed) * mean_size(table.b_bits, reading.b_signed),
          reading.supported};
}

std::vector<TableReading> all_readings(const TruthTable& table, int netlist_bits) {
  const ErrorMetrics as_read = error_metrics(table);
  std::vector<TableReading> readings = {
      {"as read",
       as_read.mean_error_distance,
       as_read.error_rate,
       {},
       mean_size(table.a_bits, table.is_signed) * mean_size(table.b_bits, table.is_signed),
       true}};
  if (!fits_codes(table, code_bits(table, netlist_bits))) return readings;
  for (const CodeReading& reading : code_readings) readings.push_back(evaluate(table, netlist_bits, reading));
  return readings;
}

void compare_with_transposed(ImportReport& report, const OperandHistogram* histogram) {
  const TruthTable& table = report.table;
  const TruthTable other = transposed(table);
  int64_t differ = 0;
  double sum = 0;
  for (size_t i = 0; i < table.values.size(); ++i) {
    const int64_t distance = std::llabs(int64_t{table.values[i]} - other.values[i]);
    differ += distance != 0;
    sum += static_cast<double>(distance);
    report.max_transposed_distance = std::max(report.max_transposed_distance, distance);
  }
  const auto pairs = static_cast<double>(table.values.size());
  report.transposed_differs = static_cast<double>(differ) / pairs;
  report.mean_transposed_distance = sum / pairs;
  report.transposed_metrics = histogram ? error_metrics(other, *histogram) : error_metrics(other);
}

QuadrantErrors quadrant_errors(const TruthTable& table) {
  double sums[2][2] = {};
  const TruthTable exact = exact_table(table.a_bits, table.b_bits, true);
  for (uint32_t a = 0; a < 1u << table.a_bits; ++a)
    for (uint32_t b = 0; b < 1u << table.b_bits; ++b)
      sums[a >> (table.a_bits - 1)][b >> (table.b_bits - 1)] +=
          static_cast<double>(std::llabs(int64_t{table.at(a, b)} - exact.at(a, b)));
  const double quarter = static_cast<double>(table.values.size()) / 4;
  return {.both_positive = sums[0][0] / quarter,
          .a_negative = sums[1][0] / quarter,
          .b_negative = sums[0][1] / quarter,
          .both_negative = sums[1][1] / quarter};
}

void advise_reading(ImportReport& report) {
  const auto best = std::min_element(
      report.readings.begin(), report.readings.end(),
      [](const TableReading& x, const TableReading& y) { return x.relative_distance() < y.relative_distance(); });
  const TableReading& as_read = report.readings[0];
  if (best->relative_distance() >= clearly_nearer * as_read.relative_distance()) return;
  const char* how = best->supported ? "" : "; one signed and one unsigned operand are not supported here";
  if (best->supported && best->options.wrapped_products) how = ", its products as codes (modulo a power of two)";
  report.advice.push_back(fmt::format("nearer to a b when read as {}{} (MED {:.6g}, as read {:.6g})", best->name, how,
                                      best->mean_error_distance, as_read.mean_error_distance));
}

/// One quadrant of signs is odd when its MED is this many times the mean of the others.
constexpr double odd_quadrant = 4;

void advise_quadrants(ImportReport& report) {
  if (!report.quadrants) return;
  const QuadrantErrors& q = *report.quadrants;
  const std::pair<const char*, double> all[] = {{"a >= 0 and b >= 0", q.both_positive},
                                                {"a < 0 and b >= 0", q.a_negative},
                                                {"a >= 0 and b < 0", q.b_negative},
                                                {"a < 0 and b < 0", q.both_negative}};
  const double sum = q.both_positive + q.a_negative + q.b_negative + q.both_negative;
  for (const auto& [where, med] : all)
    if (med > odd_quadrant * (sum - med) / 3)
      report.advice.push_back(
          fmt::format("the error lies mostly where {} (MED {:.6g} there, {:.6g} elsewhere): its "
                      "signs may be broken",
                      where, med, (sum - med) / 3));
}

/// A product without its upper bits.
void advise_product(ImportReport& report, const Netlist& netlist) {
  const size_t bits = netlist.product.size(), whole = netlist.a.size() + netlist.b.size();
  if (bits < whole)
    report.advice.push_back(fmt::format("the product has {} bits, a b has {}: those above are read as {}", bits, whole,
                                        netlist.is_signed ? "the sign" : "0"));
}

std::string metrics_line(const ErrorMetrics& m) {
  const char* const at_least = m.sample ? "at least " : "";
  return fmt::format(
      "ER {:.4f} %, bias {:.6g}, MED {:.6g}, NMED {:.6g} %, max {}{} at a = {}, b = {}, MRED {:.6g} %, "
      "WCRE {}{:.6g} %",
      100 * m.error_rate, m.mean_error, m.mean_error_distance, 100 * m.normalised_med, at_least, m.max_error, m.worst_a,
      m.worst_b, 100 * m.mean_relative_error, at_least, 100 * m.worst_relative_error);
}

/// The readings as read, unsigned and signed.
std::vector<TableReading> sign_readings(const ProductCodes& products, bool as_read) {
  std::vector<TableReading> readings;
  const auto add = [&](const char* name, bool is_signed) {
    const ErrorMetrics metrics = error_metrics(products, is_signed);
    readings.push_back({name,
                        metrics.mean_error_distance,
                        metrics.error_rate,
                        {},
                        mean_size(products.a_bits, is_signed) * mean_size(products.b_bits, is_signed),
                        true});
    readings.back().options.is_signed = is_signed;
  };
  add("as read", as_read);
  add("unsigned", false);
  add("signed", true);
  return readings;
}

void refuse_wide(const OperandHistogram* histogram) {
  if (histogram)
    throw InputError("histogram",
                     fmt::format("given for operands above {} bits; none is expected", widest_table_operand));
}

ImportReport report_netlist(const std::filesystem::path& path, const MultiplierFileOptions& options,
                            const OperandHistogram* histogram, const PairSample& sample) {
  const MultiplierFile file = read_multiplier_file(path, options);
  const bool is_wide = std::max(file.netlist.a.size(), file.netlist.b.size()) > widest_table_operand;
  if (is_wide) refuse_wide(histogram);
  ImportReport report =
      is_wide ? report_products(product_codes(file.netlist, sample), file.netlist.is_signed)
              : report_table(truth_table(file.netlist), static_cast<int>(file.netlist.product.size()), histogram);
  report.operand_order = fmt::format("a = {}, b = {}, product = {}", file.a_port, file.b_port, file.product_port);
  report.notes = file.notes;
  advise_product(report, file.netlist);
  return report;
}

ImportReport report_c_model(const std::filesystem::path& path, const MultiplierFileOptions& options,
                            const OperandHistogram* histogram, const PairSample& sample) {
  const CModel model = read_c_model(path, options, sample);
  const bool is_wide = std::max(model.products.a_bits, model.products.b_bits) > widest_table_operand;
  if (is_wide) refuse_wide(histogram);
  ImportReport report = is_wide ? report_products(model.products, model.is_signed)
                                : report_table(model.table(), model.products.product_bits, histogram);
  const CFunction& function = model.function;
  report.operand_order = fmt::format("function {}, a = {}, b = {}", function.name,
                                     options.swap_operands ? function.second_name : function.first_name,
                                     options.swap_operands ? function.first_name : function.second_name);
  report.notes = model.notes;
  return report;
}

}  // namespace

ImportReport report_table(const TruthTable& table, int netlist_bits, const OperandHistogram* histogram) {
  ImportReport report;
  report.table = table;
  report.has_histogram = histogram != nullptr;
  report.operand_order = fmt::format("LUT[a * 2^{} + b]", table.b_bits);
  report.metrics = histogram ? error_metrics(table, *histogram) : error_metrics(table);
  report.square = table.a_bits == table.b_bits;
  if (report.square) compare_with_transposed(report, histogram);
  report.readings = all_readings(table, netlist_bits);
  if (table.is_signed) report.quadrants = quadrant_errors(table);
  advise_reading(report);
  advise_quadrants(report);
  return report;
}

ImportReport report_products(const ProductCodes& products, bool is_signed) {
  ImportReport report;
  report.table = {products.a_bits, products.b_bits, is_signed, {}};
  report.metrics = error_metrics(products, is_signed);
  report.square = false;
  report.readings = sign_readings(products, is_signed);
  advise_reading(report);
  return report;
}

ImportReport report_import(const std::filesystem::path& path, const MultiplierFileOptions& options,
                           const OperandHistogram* histogram, const PairSample& sample) {
  if (!options.function.empty() || is_c_model_file(path)) return report_c_model(path, options, histogram, sample);
  if (is_table_file(path)) {
    std::vector<std::string> notes;
    ImportReport report = report_table(read_table(path, options, notes), 0, histogram);
    report.notes = notes;
    return report;
  }
  if (!is_netlist_file(path))
    throw InputError(path.string(),
                     "neither a netlist (.blif, .v, .sv), a C model (.c) nor a table (.i16, .u16, .i32, "
                     ".u32, .bin, .npy, .h, .c, .txt, .csv, .tsv) by its name; one is expected");
  return report_netlist(path, options, histogram, sample);
}

std::string weighing_text(const ErrorMetrics& metrics, const std::string& all_pairs) {
  if (!metrics.sample) return all_pairs;
  const SampleIntervals& s = *metrics.sample;
  return fmt::format(
      "{} random pairs, seed {}; 95 % intervals: ER +- {:.2g} %, bias +- {:.3g}, MED +- {:.3g}, MRED +- "
      "{:.2g} %, MSE +- {:.3g}",
      s.pairs, s.seed, 100 * s.error_rate, s.mean_error, s.mean_error_distance, 100 * s.mean_relative_error,
      s.mean_squared_error);
}

std::string to_text(const ImportReport& report) {
  const TruthTable& table = report.table;
  const std::string weights = report.has_histogram ? "histogram" : "uniform";
  std::string text =
      fmt::format("{} x {} bits, {}; {}\n{} operands: {}\n", table.a_bits, table.b_bits,
                  table.is_signed ? "signed" : "unsigned", report.operand_order, weights, metrics_line(report.metrics));
  if (report.metrics.sample) text += weighing_text(report.metrics, "") + "\n";
  if (report.square)
    text += fmt::format(
        "transposed: differs at {:.4f} % of the pairs, by {:.6g} on average, {} at most\n"
        "transposed, {} operands: {}\n",
        100 * report.transposed_differs, report.mean_transposed_distance, report.max_transposed_distance, weights,
        metrics_line(report.transposed_metrics));
  for (const TableReading& reading : report.readings)
    text += fmt::format("{}: MED {:.6g}, ER {:.4f} %\n", reading.name, reading.mean_error_distance,
                        100 * reading.error_rate);
  if (report.quadrants)
    text += fmt::format("MED by signs of a, b: ++ {:.6g}, -+ {:.6g}, +- {:.6g}, -- {:.6g}\n",
                        report.quadrants->both_positive, report.quadrants->a_negative, report.quadrants->b_negative,
                        report.quadrants->both_negative);
  for (const std::string& sentence : report.notes) text += "note: " + sentence + "\n";
  for (const std::string& sentence : report.advice) text += "note: " + sentence + "\n";
  return text;
}

TableMatch match_tables(const TruthTable& table, const TruthTable& reference) {
  const uint32_t mask = (1u << (reference.a_bits + reference.b_bits)) - 1;
  const auto same = [&](const TruthTable& x, uint32_t bits) {
    const auto equal = [&](int32_t p, int32_t q) { return (static_cast<uint32_t>(p ^ q) & bits) == 0; };
    return x.a_bits == reference.a_bits && x.b_bits == reference.b_bits &&
           std::equal(x.values.begin(), x.values.end(), reference.values.begin(), reference.values.end(), equal);
  };
  const TruthTable other = transposed(table);
  if (same(table, ~0u)) return TableMatch::equal;
  if (same(other, ~0u)) return TableMatch::transposed;
  if (same(table, mask)) return TableMatch::equal_codes;
  return same(other, mask) ? TableMatch::transposed_codes : TableMatch::different;
}

}  // namespace tram
