#pragma once
#include <cstdint>
#include <span>

#include "models/gemm/table_gemm.hpp"

namespace tram {

/// The inner loops of TableGemm. Each sums a block of row_columns output columns.
constexpr int64_t row_columns = 16;

struct ColumnBlock {
  GemmShape shape;
  int64_t n0 = 0;                        ///< first column; columns beyond shape.n repeat the last one
  int b_bits = 8;                        ///< width of an activation code, 4 .. 8
  const uint8_t* weights = nullptr;      ///< [n][k]
  const uint8_t* activations = nullptr;  ///< [m][k]
};

/// sums[m][16] += table entries, 16-bit entries [w][x]; range: the largest entry. Exact while the sums fit int32.
void add_narrow_block(const uint16_t* entries, int64_t range, const ColumnBlock& block, int32_t* sums);

/// The same for 32-bit entries.
void add_wide_block(const int32_t* entries, const ColumnBlock& block, int32_t* sums);

/// products[m][n] by one look-up a multiply-accumulate, for a few rows m.
void look_up_gemm(std::span<const int32_t> entries, int b_bits, GemmShape shape, std::span<const uint8_t> weights,
                  std::span<const uint8_t> activations, std::span<int32_t> products);

}  // namespace tram
