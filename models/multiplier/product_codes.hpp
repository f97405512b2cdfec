#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/multiplier/netlist.hpp"
#include "models/multiplier/truth_table.hpp"

namespace tram {

/// Limit of the bits of an operand of a multiplier that tram_axm reads.
inline constexpr int widest_operand = 16;
/// Limit of the bits of an operand of a table, a histogram and the machine.
inline constexpr int widest_table_operand = 8;
/// Limit of the operand bits, both together (12 x 12), up to which all pairs are evaluated; above it a random sample
/// is.
inline constexpr int max_exhaustive_bits = 24;

/// The random sample.
struct PairSample {
  size_t pairs = size_t{1} << 20;
  uint64_t seed = 1;
};

/// The products of a multiplier as raw codes of product_bits bits (1 to 32), for all operand pairs or a sample of them.
struct ProductCodes {
  int a_bits = 8, b_bits = 8, product_bits = 16;
  PairSample sample;            ///< where `pairs` is not empty
  std::vector<uint32_t> pairs;  ///< (a << b_bits) | b of each code; empty: all pairs in this order
  std::vector<uint32_t> codes;

  bool is_sample() const { return !pairs.empty(); }
  uint32_t pair(size_t i) const { return is_sample() ? pairs[i] : static_cast<uint32_t>(i); }
  uint32_t a(size_t i) const { return pair(i) >> b_bits; }
  uint32_t b(size_t i) const { return pair(i) & ((uint32_t{1} << b_bits) - 1); }
  /// The product of pair i, read as two's complement or not.
  int64_t value(size_t i, bool is_signed) const { return code_value(codes[i], product_bits, is_signed); }
  /// a b of pair i.
  int64_t exact(size_t i, bool is_signed) const {
    return code_value(a(i), a_bits, is_signed) * code_value(b(i), b_bits, is_signed);
  }

  static int64_t code_value(uint32_t code, int bits, bool is_signed) {
    const int64_t modulus = int64_t{1} << bits;
    return is_signed && 2 * int64_t{code} >= modulus ? int64_t{code} - modulus : int64_t{code};
  }
};

/// The pairs to evaluate for operands of these widths: none for all of them, where both together have at most
/// max_exhaustive_bits bits; else independent uniform draws of std::mt19937_64.
std::vector<uint32_t> pairs_to_evaluate(int a_bits, int b_bits, const PairSample& sample = {});

/// The products of a netlist, 64 pairs at a time. Operands up to widest_operand bits, products up to 32: InputError for
/// wider ones.
ProductCodes product_codes(const Netlist& netlist, const PairSample& sample = {});

/// Product codes of a table, whose products must be codes of a_bits + b_bits bits, signed or not: nothing otherwise.
std::optional<ProductCodes> product_codes(const TruthTable& table);

}  // namespace tram
