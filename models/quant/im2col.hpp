#pragma once
#include <cstdint>
#include <span>

#include "models/quant/integer_network.hpp"

namespace tram {

/// Matrix [M][K] of all taps of a group, the GEMM's left-hand side: m counts (row, column) of the output, k (kernel row,
/// kernel column, channel of the group); padded taps give the code of real zero, input_zero. input: the layer's input
/// map, HWC. Codes are raw.
void im2col(const GemmLayer& layer, std::span<const uint8_t> input, std::span<uint8_t> matrix, int64_t group = 0);

/// The operands of one head: a [M][K], and b [N][K] in the place of the weights.
void matmul_operands(const MatmulLayer& layer, std::span<const uint8_t> a, std::span<const uint8_t> b, int64_t head,
                     std::span<uint8_t> a_matrix, std::span<uint8_t> b_matrix);

}  // namespace tram
