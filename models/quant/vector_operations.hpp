#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "models/network/feature_shape.hpp"
#include "models/quant/requantise.hpp"

namespace tram {

// The operations of the vector unit, in integers only: the one definition of each. A network's layer and a command of
// the machine hold the same parameter structure, the command with the size of its piece; golden inference and vector
// unit call its compute(). A new operation is a structure here, in VectorParameters. One that has `count`, works on
// neighbouring elements (or positions) alone and is cut into pieces by that count; the others have a schedule of their
// own in sim/mapping/vector_schedule.cpp. Maps are HWC. Structures cross the bus as bytes, at most 40 of them.

/// Operands of an operation: the values of codes (CodeFormat::value), and its constants.
struct VectorOperands {
  std::array<std::span<const int32_t>, 2> maps;
  std::span<const int32_t> constants;
};

/// Traffic of an operation, in elements read and written, and its cost in elementary operations: a multiplication (with
/// its rounding shift), an addition, a comparison or a look-up of one element each.
struct VectorExtent {
  size_t inputs = 1;
  int64_t input = 0;  ///< elements of each input
  int64_t output = 0;
  int64_t constants = 0;
  int64_t operations = 0;
  int64_t exposed_cycles = 0;  ///< latency of the last position that nothing hides, on one lane
};

/// y = clamp(zero + rq_a(a - zero_a) + rq_b(b - zero_b)), element by element (a residual addition, with fused ReLU; a
/// scale change where b is a constant zero). Both requantisers share one shift:
/// y = clamp(zero + round_half_even(((a - za) ma + (b - zb) mb) / 2^shift)).
struct AddParameters {
  static constexpr const char* kind = "add";
  int32_t count = 0;  ///< elements
  int32_t zero_a = 0, zero_b = 0, zero_out = 0;
  int32_t multiplier_a = 0, multiplier_b = 0, shift = 0;
  int32_t clamp_low = 0, clamp_high = 255;

  VectorExtent extent() const { return {.inputs = 2, .input = count, .output = count, .operations = count}; }
  void compute(const VectorOperands& x, std::span<int32_t> y) const {
    for (size_t i = 0; i < y.size(); ++i) {
      const int64_t a = x.maps[0][i] - zero_a, b = x.maps[1][i] - zero_b;
      y[i] =
          saturate(round_half_even_shift(a * multiplier_a + b * multiplier_b, shift), zero_out, clamp_low, clamp_high);
    }
  }
};

/// A function of one code of at most 8 bits (GELU and other unary operations): y = constants[raw x].
/// Constants: [entries], values of output codes.
struct LookupParameters {
  static constexpr const char* kind = "lookup";
  int32_t count = 0;      ///< elements
  int32_t entries = 256;  ///< 2^bits of the input

  VectorExtent extent() const { return {.input = count, .output = count, .constants = entries, .operations = count}; }
  void compute(const VectorOperands& x, std::span<int32_t> y) const {
    for (size_t i = 0; i < y.size(); ++i) y[i] = x.constants[static_cast<size_t>(x.maps[0][i] & (entries - 1))];
  }
};

/// Layer normalisation of the C channels of each position, from their codes alone (the input's zero point cancels):
///   d_c = C x_c - sum x,  S = sum d_c^2 + epsilon,  r = reciprocal_root(S),
///   t_c = round_half_even(d_c r) in units of 2^-24, 0 where S = 0,
///   y_c = clamp(zero + round_half_even((t_c gamma_c + beta_c 2^(shift - 16)) / 2^shift))
/// with gamma_c ~ gamma sqrt(C) / scale_out 2^(shift - 24), beta_c ~ beta / scale_out 2^16 and
/// epsilon ~ epsilon C^3 / scale_in^2. Constants: gamma [C], beta [C].
/// Bound: for codes of b bits with C^3 2^(2b - 2) + epsilon < 2^63 nothing overflows, and the value that is rounded to
/// y_c is within G 2^-24 + 2^-16 codes of zero + (gamma (x_c - mean) / sqrt(variance + epsilon) + beta) / scale_out,
/// G = max |gamma| sqrt(C) / scale_out and epsilon as it is stored: y_c is the rounded real function, except where that
/// is so near a tie, and then one code off.
/// Operations: sum, difference, square and sum, scaling by the root, gamma and beta: 4 an element; a 32-step root and a
/// 32-step division a position.
struct LayerNormParameters {
  static constexpr const char* kind = "layer_norm";
  int32_t count = 0;  ///< positions
  int32_t channels = 1;
  int64_t epsilon = 0;
  int32_t shift = 16;  ///< 16 .. 47
  int32_t zero_out = 0;
  int32_t clamp_low = 0, clamp_high = 255;

  VectorExtent extent() const;
  void compute(const VectorOperands& x, std::span<int32_t> y) const;
};

/// Softmax over the n channels of each position: with d = max x - x,
///   e = (exp_high[d >> 8] exp_low[d & 255] + 2^23) >> 24 ~ exp(-scale_in d) in units of 2^-24,  s = sum e,
///   s' = the 32 leading bits of s (s = s' 2^(L - 32), rounded down),  r = floor(inverse_scale.multiplier 2^32 / s'),
///   y = clamp(zero + round_half_even(e r / 2^(L + inverse_scale.shift))) ~ zero + e / s / scale_out
/// Constants: exp_low [low_entries], exp_high [high_entries].
/// Bound: e is within 1.5 * 2^-24 of exp(-scale_in d), and the value that is rounded to y within
/// ((n + 1) 1.5 * 2^-24 + 2^-29) / scale_out codes of zero + p / scale_out.
/// Operations: maximum, look-up, sum, scaling: 3 an element, with inputs wider than 8 bits 4; a division a position.
struct SoftmaxParameters {
  static constexpr const char* kind = "softmax";
  int32_t count = 0;  ///< positions
  int32_t channels = 1;
  int32_t low_entries = 256;  ///< 256 or, for inputs of b < 8 bits, 2^b
  int32_t high_entries = 1;   ///< 2^(b - 8), 1 for inputs of up to 8 bits
  Requantiser inverse_scale;  ///< 1 / scale_out
  int32_t zero_out = 0;
  int32_t clamp_low = 0, clamp_high = 255;

  VectorExtent extent() const;
  void compute(const VectorOperands& x, std::span<int32_t> y) const;
  /// e of a distance d.
  uint32_t exponential(std::span<const int32_t> constants, uint32_t d) const;
};

/// Global average: y[c] = clamp(zero_out + requantise(sum_hw x[h][w][c] - H W zero_in)); scale contains 1/(H W).
/// Operations: 1 an input.
struct AveragePoolParameters {
  static constexpr const char* kind = "pool";
  FeatureShape in;
  int32_t zero_in = 0, zero_out = 0;
  Requantiser requantise;
  int32_t clamp_low = 0, clamp_high = 255;

  VectorExtent extent() const { return {.input = in.size(), .output = in.channels, .operations = in.size()}; }
  void compute(const VectorOperands& x, std::span<int32_t> y) const;
};

/// Largest code under a square window; padding does not take part. Operations: 1 for each element of a window.
struct MaxPoolParameters {
  static constexpr const char* kind = "max_pool";
  FeatureShape in;
  int32_t out_height = 1, out_width = 1;
  int32_t kernel = 2, stride = 2, padding = 0;
  int32_t first_row = 0;  ///< of the output, of the pooling of the input given: a piece may begin below its top

  FeatureShape out() const { return {out_height, out_width, in.channels}; }
  VectorExtent extent() const {
    return {.input = in.size(), .output = out().size(), .operations = out().size() * kernel * kernel};
  }
  void compute(const VectorOperands& x, std::span<int32_t> y) const;
};

/// Option A shortcut of CIFAR ResNets: every stride-th row and column, zero-padded channels
/// (pad_before channels of code zero, then the input's, then the rest). Codes pass unchanged.
struct SubsampleParameters {
  static constexpr const char* kind = "subsample";
  FeatureShape in, out;
  int32_t stride = 2;
  int32_t pad_before = 0;
  int32_t zero = 0;

  VectorExtent extent() const { return {.input = in.size(), .output = out.size(), .operations = out.size()}; }
  void compute(const VectorOperands& x, std::span<int32_t> y) const;
};

using VectorParameters = std::variant<AddParameters, AveragePoolParameters, SubsampleParameters, LayerNormParameters,
                                      SoftmaxParameters, LookupParameters, MaxPoolParameters>;

VectorExtent extent(const VectorParameters& parameters);

/// y := the operation of x; sizes as extent() says.
void compute(const VectorParameters& parameters, const VectorOperands& x, std::span<int32_t> y);

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

}  // namespace tram
