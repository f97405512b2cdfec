#pragma once
#include <cstdint>
#include <span>

#include "models/quant/integer_network.hpp"

namespace tram {

/// Code that tap k meets at output position m: the definition of the GEMM's left-hand side. m counts (row, column)
/// of the output, k (kernel row, kernel column, channel); padded taps give the code of real zero, input_zero.
/// input: the layer's input map, HWC.
uint8_t tap(const GemmLayer& layer, std::span<const uint8_t> input, int64_t m, int64_t k);

/// All taps: matrix [M][K]; equals tap() element by element.
void im2col(const GemmLayer& layer, std::span<const uint8_t> input, std::span<uint8_t> matrix);

}  // namespace tram
