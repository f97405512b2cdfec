#pragma once
#include <cstdint>
#include <span>

#include "models/gemm/table_gemm.hpp"

namespace tram {

/// Number format of the raw codes of a GEMM: unsigned, or two's complement of a_bits (weights) and b_bits
/// (activations).
struct OperandCodes {
  int a_bits = 8, b_bits = 8;
  bool is_signed = false;
};

/// products[m][n] = sum_k w[n][k] x[m][k] for codes of at most 8 bits, by 16-bit multiply-add (exact: a pair of
/// products is below 2^17). Sums must fit int32, so k <= 33,025 for full-range unsigned codes.
void exact_gemm(GemmShape shape, OperandCodes codes, std::span<const uint8_t> weights,
                std::span<const uint8_t> activations, std::span<int32_t> products);

}  // namespace tram
