#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "models/quant/integer_network.hpp"

namespace tram {

/// What the vector unit does to one element, in integers: the only definition, called by the golden inference and
/// by the simulator's vector unit. Codes are values (CodeFormat::value). Whole rows: vector_norm.hpp.

/// value / 2^shift rounded to the nearest integer, ties to even; shift in [1, 62], any value.
inline int64_t round_half_even_shift(int64_t value, int shift) {
  // Logical shifts of value + 2^63 and no branches: AVX2, which has no arithmetic shift of 64 bits, then does four.
  const auto offset = uint64_t{1} << 63;
  const auto floor = static_cast<int64_t>(((static_cast<uint64_t>(value) ^ offset) >> shift) - (offset >> shift));
  const int64_t rest = value & ((int64_t{1} << shift) - 1);
  const int64_t half = int64_t{1} << (shift - 1);
  return floor + static_cast<int64_t>(rest + (floor & 1) > half);
}

/// round_half_even(x * r.multiplier / 2^r.shift), not saturated: |result| < 2^46.
inline int64_t requantise(int32_t x, Requantiser r) {
  return round_half_even_shift(int64_t{x} * r.multiplier, r.shift);
}

/// clamp(zero + value), the saturation of every operation here; low .. high within the output's format.
inline int32_t saturate(int64_t value, int32_t zero, int32_t low, int32_t high) {
  return static_cast<int32_t>(std::clamp<int64_t>(zero + value, low, high));
}

/// The part of a layer's accumulators that no activation changes, [N]:
/// bias[n] - zx sum_k w[n][k] + K zx zw[n].
std::vector<int32_t> accumulator_constants(const GemmLayer& layer);

/// The same of one head of a product of activations: bias - za sum_k b + K za zb, with sum_b = sum_k b of a column.
inline int32_t matmul_constant(const MatmulLayer& layer, int32_t sum_b) {
  return layer.bias + layer.a_zero * (layer.inner * layer.b_zero - sum_b);
}

/// The accumulator of output channel n from the array's results: products = sum_k AxM(w, x), sum_x = sum_k x.
inline int32_t accumulator(int32_t products, int32_t sum_x, int32_t weight_zero, int32_t constant) {
  return products - weight_zero * sum_x + constant;
}

/// Output code of a product of activations.
inline int32_t matmul_code(const MatmulLayer& layer, int32_t acc) {
  return saturate(requantise(acc, layer.requantise), layer.output_zero, layer.clamp_low, layer.clamp_high);
}

/// Output code of channel n of a layer with requantisers.
inline int32_t gemm_code(const GemmLayer& layer, int64_t n, int32_t acc) {
  return saturate(requantise(acc, layer.requantise[static_cast<size_t>(n)]), layer.output_zero, layer.clamp_low,
                  layer.clamp_high);
}

inline int32_t add_code(const AddLayer& layer, int32_t a, int32_t b) {
  const int64_t sum = int64_t{a - layer.zero_a} * layer.multiplier_a + int64_t{b - layer.zero_b} * layer.multiplier_b;
  return saturate(round_half_even_shift(sum, layer.shift), layer.zero_out, layer.clamp_low, layer.clamp_high);
}

/// sum: of the codes of one channel over all positions of the input.
inline int32_t average_code(const AveragePoolLayer& layer, int32_t sum) {
  const int32_t positions = layer.in.height * layer.in.width;
  return saturate(requantise(sum - positions * layer.zero_in, layer.requantise), layer.zero_out, layer.clamp_low,
                  layer.clamp_high);
}

/// Output code at (row, column, channel) of a max pool; input is the whole map, HWC.
int32_t max_pool_code(const MaxPoolLayer& layer, std::span<const int32_t> input, int row, int column, int channel);

/// Output code at (row, column, channel) of a shortcut, as it is in memory; input is the whole map, HWC, of codes of
/// one byte.
inline uint8_t subsample_code(const SubsampleLayer& layer, std::span<const uint8_t> input, int row, int column,
                              int channel) {
  const int source = channel - layer.pad_before;
  if (source < 0 || source >= layer.in.channels) return static_cast<uint8_t>(layer.zero);
  const int64_t position = int64_t{row} * layer.stride * layer.in.width + int64_t{column} * layer.stride;
  return input[static_cast<size_t>(position * layer.in.channels + source)];
}

}  // namespace tram
