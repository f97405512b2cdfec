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

  /// Product of raw codes a in [0, 2^a_bits), b in [0, 2^b_bits).
  int32_t at(uint32_t a, uint32_t b) const { return values[(std::size_t{a} << b_bits) | b]; }
};

/// The exact product of every pair.
TruthTable exact_table(int a_bits = 8, int b_bits = 8, bool is_signed = false);

}  // namespace tram
