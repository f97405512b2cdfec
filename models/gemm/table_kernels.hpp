#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/gemm/table_gemm.hpp"

namespace tram {

/// The inner loops of TableGemm. Each sums a block of output columns, 16 or, where wide_blocks(), 32.
constexpr int64_t row_columns = 16;

/// Whether add_narrow_block takes 32 columns at once: on processors with AVX-512 F and BW.
bool wide_blocks();

/// Offset of the row of each activation among the rows of its k, in units of 32 bytes times the code, in the order in
/// which a block reads them: for every group of 8 k [m][8], then for every k that is left [m].
std::vector<uint16_t> row_offsets(GemmShape shape, std::span<const uint8_t> activations);

struct ColumnBlock {
  GemmShape shape;
  int64_t n0 = 0;                     ///< first column; columns beyond shape.n repeat the last one
  int64_t columns = row_columns;      ///< 16 or 32
  int b_bits = 8;                     ///< width of an activation code, 3 .. 8
  const uint8_t* weights = nullptr;   ///< [n][k]
  const uint16_t* offsets = nullptr;  ///< row_offsets()
};

/// Sums of 16 columns of a block for one m: a cache line, since loads and stores across two take twice as long.
struct alignas(64) ColumnSums {
  std::array<int32_t, row_columns> values;
};

/// sums[m][columns / 16] += table entries, 16-bit entries [w][x]; range: the largest entry. Exact while the sums fit int32.
void add_narrow_block(const uint16_t* entries, int64_t range, const ColumnBlock& block, std::span<ColumnSums> sums);

/// add_narrow_block for 32-bit entries and 16 columns.
void add_wide_block(const int32_t* entries, const ColumnBlock& block, std::span<ColumnSums> sums);

/// products[m][n] by one look-up a multiply-accumulate, for a few rows m.
void look_up_gemm(std::span<const int32_t> entries, int b_bits, GemmShape shape, std::span<const uint8_t> weights,
                  std::span<const uint8_t> activations, std::span<int32_t> products);

}  // namespace tram
