#pragma once
#include <cstdint>
#include <span>

#include "models/quant/integer_network.hpp"

namespace tram {

// The vector unit's operations on the channels of one position, in integers only: the one definition, called by the
// golden inference and by the simulator's vector unit. Codes are values (CodeFormat::value).

/// floor(sqrt(value)).
uint32_t integer_sqrt(uint64_t value);

/// 1 / sqrt(s) ~ mantissa * 2^-shift for s >= 1, mantissa in [2^30, 2^31], shift in [31, 62]:
/// with s = u 4^-h, u in [2^62, 2^64), it is floor(2^62 / floor(sqrt(u))) * 2^(h - 62).
/// Relative error within -2^-30 .. 2^-31.
struct ReciprocalRoot {
  uint32_t mantissa = 0;
  int32_t shift = 0;
};
ReciprocalRoot reciprocal_root(uint64_t s);

/// Layer normalisation of one position, x and y of C channels (LayerNormLayer). With x' = x, S as there and
/// r = reciprocal_root(S): t_c = round_half_even(d_c r) in units of 2^-24, 0 where S = 0.
/// Bound: for codes of b bits with C^3 2^(2b - 2) + epsilon < 2^63 nothing overflows, and the value that is rounded to
/// y_c is within G 2^-24 + 2^-16 codes of zero + (gamma (x_c - mean) / sqrt(variance + epsilon) + beta) / scale_out,
/// G = max |gamma| sqrt(C) / scale_out and epsilon as it is stored: y_c is the rounded real function, except where that
/// is so near a tie, and then one code off.
void layer_norm_row(const LayerNormLayer& layer, std::span<const int32_t> x, std::span<int32_t> y);

/// Softmax of one position, x and y of n channels (SoftmaxLayer). With d = max x - x:
///   e = (exp_high[d >> 8] exp_low[d & 255] + 2^23) >> 24,  s = sum e,
///   s' = the 32 leading bits of s (s = s' 2^(L - 32), rounded down),  r = floor(inverse_scale.multiplier 2^32 / s'),
///   y = clamp(zero + round_half_even(e r / 2^(L + inverse_scale.shift)))
/// Bound: e is within 1.5 * 2^-24 of exp(-scale_in d), and the value that is rounded to y within
/// ((n + 1) 1.5 * 2^-24 + 2^-29) / scale_out codes of zero + p / scale_out.
void softmax_row(const SoftmaxLayer& layer, std::span<const int32_t> x, std::span<int32_t> y);

/// exp(-scale_in d) in units of 2^-24.
inline uint32_t exponential(const SoftmaxLayer& layer, uint32_t d) {
  const uint64_t product = uint64_t{layer.exp_high[d >> 8]} * layer.exp_low[d & 255];
  return static_cast<uint32_t>((product + (1U << 23)) >> 24);
}

/// What one image costs on the vector unit in elementary operations: a multiplication (with its rounding shift), an
/// addition, a comparison or a look-up of one element each.
struct VectorCost {
  int64_t per_element = 0;  ///< for every element of the output (of the input in a pooling)
  int64_t per_row = 0;      ///< for every position beside
};

/// Corrections and requantisation of the array's sums; an addition; an element of an average: 1, their definition.
/// Layer norm: sum, difference, square and sum, scaling by the root, gamma and beta: 4; a row: a 32-step root and a
/// 32-step division. Softmax: maximum, look-up, sum, scaling: 3, with inputs wider than 8 bits 4; a row: a division.
/// Largest of a window: 1 for each of its elements. Look-up: 1. Slices, tokens: 0, codes only move.
VectorCost vector_cost(const IntegerLayer& layer);

}  // namespace tram
