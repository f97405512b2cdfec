#pragma once
#include <cstdint>
#include <span>

#include "models/quant/integer_network.hpp"

namespace tram {

/// Code that tap k meets at output position m: the definition of the GEMM's left-hand side. m counts (row, column)
/// of the output, k (kernel row, kernel column, channel of the group); padded taps give the code of real zero,
/// input_zero. input: the layer's input map, HWC. Codes are raw.
uint8_t tap(const GemmLayer& layer, std::span<const uint8_t> input, int64_t m, int64_t k, int64_t group = 0);

/// Matrix [M][K] of all taps of a group; equals tap() element by element.
void im2col(const GemmLayer& layer, std::span<const uint8_t> input, std::span<uint8_t> matrix, int64_t group = 0);

/// The operands of one head: a [M][K], and b [N][K] in the place of the weights.
void matmul_operands(const MatmulLayer& layer, std::span<const uint8_t> a, std::span<const uint8_t> b, int64_t head,
                     std::span<uint8_t> a_matrix, std::span<uint8_t> b_matrix);

}  // namespace tram
