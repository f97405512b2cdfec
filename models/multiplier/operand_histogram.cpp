#include "models/multiplier/operand_histogram.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/npy.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

constexpr std::string_view blanks = " \t\r";

void check_widths(int a_bits, int b_bits, const std::string& where) {
  if (a_bits < 1 || a_bits > 8 || b_bits < 1 || b_bits > 8)
    throw InputError(where, fmt::format("operands of {} and {} bits; 1 to 8 are expected", a_bits, b_bits));
}

/// The next line of the rest, or field up to the separator, which is taken off.
std::string_view take(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view first = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return first;
}

/// One row of the CSV: a,b,count.
class CsvRow {
 public:
  CsvRow(std::string_view line, const std::string& file, long number) : line_(line), file_(file), number_(number) {
    if (std::count(line.begin(), line.end(), ',') != 2) fail("a,b,count is expected");
  }

  /// A raw code of `bits` bits from the next field.
  size_t code(int bits) {
    const std::string_view text = trimmed(take(line_, ','), blanks);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < -(1 << (bits - 1)) || value >= 1 << bits)
      fail(fmt::format("'{}'; a code from {} to {} is expected", text, -(1 << (bits - 1)), (1 << bits) - 1));
    return static_cast<size_t>(value & ((1 << bits) - 1));
  }

  double count() {
    const std::string_view text = trimmed(line_, blanks);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
      fail(fmt::format("'{}'; a count, 0 or more, is expected", text));
    return value;
  }

  [[noreturn]] void fail(const std::string& what) const { throw InputError(file_, number_, what); }

 private:
  std::string_view line_;
  const std::string& file_;
  long number_;
};

}  // namespace

OperandHistogram uniform_histogram(int a_bits, int b_bits) {
  check_widths(a_bits, b_bits, "uniform histogram");
  const size_t pairs = size_t{1} << (a_bits + b_bits);
  return {a_bits, b_bits, std::vector<double>(pairs, 1.0 / static_cast<double>(pairs))};
}

OperandHistogram histogram_of_counts(std::span<const double> counts, int a_bits, int b_bits, const std::string& where) {
  check_widths(a_bits, b_bits, where);
  if (counts.size() != size_t{1} << (a_bits + b_bits))
    throw InputError(where, fmt::format("{} counts; {} are expected", counts.size(), 1 << (a_bits + b_bits)));
  double total = 0;
  for (const double count : counts) {
    if (!std::isfinite(count) || count < 0)
      throw InputError(where, fmt::format("a count of {}; finite counts, 0 or more, are expected", count));
    total += count;
  }
  if (!std::isfinite(total) || total == 0)
    throw InputError(where, fmt::format("counts with the sum {}; a finite sum above 0 is expected", total));
  OperandHistogram histogram{a_bits, b_bits, {counts.begin(), counts.end()}};
  if (std::abs(total - 1) < 1e-12) return histogram;  // weights already: they stay as they are
  for (double& weight : histogram.weight) weight /= total;
  return histogram;
}

OperandHistogram parse_histogram_csv(const std::string& text, const std::string& file, int a_bits, int b_bits) {
  check_widths(a_bits, b_bits, file);
  std::vector<double> counts(size_t{1} << (a_bits + b_bits), -1);  // -1: not there
  std::string_view rest = text;
  bool header = false;
  for (long number = 1; !rest.empty(); ++number) {
    const std::string_view line = trimmed(take(rest, '\n'), blanks);
    if (line.empty() || line[0] == '#') continue;
    if (!header) {
      if (line != "a,b,count")
        throw InputError(file, number, fmt::format("'{}'; the header a,b,count is expected", line.substr(0, 80)));
      header = true;
      continue;
    }
    CsvRow row(line, file, number);
    const size_t a = row.code(a_bits), b = row.code(b_bits);
    double& count = counts[a << b_bits | b];
    if (count >= 0) row.fail(fmt::format("the pair {},{} stands there twice; once is expected", a, b));
    count = row.count();
  }
  if (!header) throw InputError(file, 1, "no header; a,b,count is expected");
  for (double& count : counts) count = std::max(count, 0.0);
  return histogram_of_counts(counts, a_bits, b_bits, file);
}

OperandHistogram read_histogram(const std::filesystem::path& path, int a_bits, int b_bits) {
  if (path.extension() != ".npy") return parse_histogram_csv(read_file(path), path.string(), a_bits, b_bits);
  check_widths(a_bits, b_bits, path.string());
  const NpyArray array = read_npy_array(path);
  if (array.shape != std::vector<int64_t>{1 << a_bits, 1 << b_bits})
    throw InputError(path.string(), fmt::format("an array of another shape; [{}][{}], the counts of a and b, is "
                                                "expected",
                                                1 << a_bits, 1 << b_bits));
  return histogram_of_counts(array.values(), a_bits, b_bits, path.string());
}

}  // namespace tram
