#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tram {

/// The values of a multiplier for every pair of operands. Operand a is the weight, b the activation.
/// values[(a << b_bits) | b] with a, b the raw codes; products as signed integers.
struct TruthTable {
  int a_bits = 8;
  int b_bits = 8;
  bool is_signed = false;
  std::vector<int32_t> values;
  bool sign_magnitude = false;  ///< a: its highest bit is the sign of the rest; b unsigned

  /// Product of raw codes a in [0, 2^a_bits), b in [0, 2^b_bits).
  int32_t at(uint32_t a, uint32_t b) const { return values[(std::size_t{a} << b_bits) | b]; }

  /// The a_bits + b_bits bits of that product as they leave the multiplier: unsigned or two's complement, or magnitude
  /// and, above it, a's sign.
  uint32_t product_bits(uint32_t a, uint32_t b) const {
    const int bits = a_bits + b_bits;
    const auto value = static_cast<uint32_t>(at(a, b));
    if (!sign_magnitude) return value & ((uint32_t{1} << bits) - 1);
    const uint32_t sign = a >> (a_bits - 1);
    return (sign != 0 ? 0U - value : value) | sign << (bits - 1);
  }
};

/// The same with its operands exchanged: at(b, a) is table.at(a, b). std::logic_error for sign and magnitude, whose sign
/// is in operand a.
TruthTable transposed(const TruthTable& table);

/// The exact product of every pair.
TruthTable exact_table(int a_bits = 8, int b_bits = 8, bool is_signed = false);

}  // namespace tram
