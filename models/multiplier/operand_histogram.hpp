#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace tram {

/// Relative frequency of each pair of operands: weight[(a << b_bits) | b] >= 0 for the raw codes a (weight) and b
/// (activation), the same order as TruthTable::values; the sum is 1.
struct OperandHistogram {
  int a_bits = 8;
  int b_bits = 8;
  std::vector<double> weight;

  double at(uint32_t a, uint32_t b) const { return weight[(std::size_t{a} << b_bits) | b]; }
};

/// Uniform histogram: every pair alike. Widths 1 to 8.
OperandHistogram uniform_histogram(int a_bits = 8, int b_bits = 8);

/// Histogram from counts of pairs, counts[(a << b_bits) | b]: finite, >= 0, not all zero. Throws InputError(where,
/// ...).
OperandHistogram histogram_of_counts(std::span<const double> counts, int a_bits, int b_bits, const std::string& where);

/// Reads a histogram of operands with these widths:
/// - .npy: an array [2^a_bits][2^b_bits] of counts or weights, indexed by raw codes;
/// - otherwise CSV: the header `a,b,count`, then a row a pair; pairs that are not there do not occur. A negative code
///   -n, of a signed operand, is the raw code 2^bits - n. Empty lines and lines that begin with # are skipped.
/// Throws InputError with file and line for codes outside the widths, bad counts, a pair that occurs twice, no pair.
OperandHistogram read_histogram(const std::filesystem::path& path, int a_bits = 8, int b_bits = 8);

/// The CSV form of read_histogram from text.
OperandHistogram parse_histogram_csv(const std::string& text, const std::string& file, int a_bits = 8, int b_bits = 8);

}  // namespace tram
