#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/network/feature_shape.hpp"
#include "models/quant/code_format.hpp"

namespace tram {

/// Multiplication by a positive real number m < 2^15 in integers: round_half_even(x * multiplier / 2^shift),
/// multiplier in [2^30, 2^31) (or 0), shift in [16, 62].
struct Requantiser {
  int32_t multiplier = 0;
  int32_t shift = 0;
};

// Codes x, w, a, b, p below are the values of codes (CodeFormat::value); AxM looks their raw bits up. Every layer
// clamps to clamp_low .. clamp_high, which lie within the output's format.

/// A convolution or linear layer, computed on the array as a GEMM
/// M = out.height * out.width, K = kernel_height * kernel_width * in.channels / groups, N = out.channels:
///   acc[m][n] = sum_k AxM(w[n][k], x[m][k]) - zx sum_k w[n][k] - zw[n] sum_k x[m][k] + K zx zw[n] + bias[n]   (int32)
/// Padded taps have the code zx. k counts (kernel row, kernel column, channel), channel fastest. With groups, output
/// channel n reads the in.channels / groups channels of group n / (N / groups): one GEMM of N / groups columns a group.
struct GemmLayer {
  std::string name;
  FeatureShape in, out;
  int kernel_height = 1, kernel_width = 1, padding = 0;
  int stride = 1, column_stride = 1;  ///< from one output row and one output column to the next
  std::vector<uint8_t> weights;      ///< [N][K], raw; empty in a network of shapes alone: all 0
  std::vector<int32_t> weight_zero;  ///< [N], zw; 0 where codes are signed
  int32_t input_zero = 0;            ///< zx
  std::vector<int32_t> bias;         ///< [N], in units of the accumulator; may fold the multiplier's mean error
  std::vector<Requantiser> requantise;  ///< [N]; empty in the last layer, whose accumulators are the logits
  int32_t output_zero = 0;
  int32_t clamp_low = 0, clamp_high = 255;  ///< saturation; a fused ReLU has clamp_low = output_zero
  std::vector<float> logit_scale;    ///< [N], real value of one accumulator unit; only in the last layer
  int groups = 1;
  CodeFormat operands = {};          ///< of weights and inputs, at most 8 bits

  int64_t m() const { return int64_t{out.height} * out.width; }
  int64_t k() const { return int64_t{kernel_height} * kernel_width * (in.channels / groups); }
  int64_t n() const { return out.channels; }
  int64_t macs() const { return m() * k() * n(); }
};

/// A product of two activations, head by head, as one GEMM a head on the array (attention):
///   acc[m][n] = sum_k AxM(b, a) - za sum_k b - zb sum_k a + K za zb + bias,   y = clamp(zero + requantise(acc))
/// for head h:  a = A[m][a_first + h K + k] (streams, as x above);  y = Y[m][h N + n];
///   scores (Q K^T):      b = B[n][b_first + h K + k]   B: N rows (keys)
///   context (P V):       b = B[k][b_first + h N + n]   B: K rows (keys)
/// A and B are rows (positions) of a_width and b_width channels; a_first and b_first let q, k and v stay one tensor.
/// b is held in the array as w above is.
struct MatmulLayer {
  enum class Kind { scores, context };

  std::string name;
  Kind kind = Kind::scores;
  int heads = 1;
  int rows = 1, inner = 1, columns = 1;  ///< M, K, N of one head
  int a_width = 1, a_first = 0;
  int b_width = 1, b_first = 0;
  int32_t a_zero = 0, b_zero = 0;        ///< za, zb
  int32_t bias = 0;                      ///< the multiplier's mean error, taken back
  Requantiser requantise;
  int32_t output_zero = 0;
  int32_t clamp_low = 0, clamp_high = 255;
  CodeFormat operands = {};              ///< of A and B, at most 8 bits

  int64_t m() const { return rows; }
  int64_t k() const { return inner; }
  int64_t n() const { return columns; }
  int64_t macs() const { return heads * m() * k() * n(); }
  int b_rows() const { return kind == Kind::scores ? columns : inner; }
  /// Index in B of element (column n, tap k) of head h.
  int64_t b_index(int64_t h, int64_t n, int64_t k) const {
    return kind == Kind::scores ? n * b_width + b_first + h * inner + k : k * b_width + b_first + h * columns + n;
  }
};

/// y = clamp(zero + rq_a(a - zero_a) + rq_b(b - zero_b)), element by element (a residual addition, with fused ReLU; a
/// scale change where b is a constant zero). Both requantisers share one shift:
/// y = clamp(zero + round_half_even(((a - za) ma + (b - zb) mb) / 2^shift)).
struct AddLayer {
  std::string name;
  FeatureShape shape;
  int32_t zero_a = 0, zero_b = 0, zero_out = 0;
  int32_t multiplier_a = 0, multiplier_b = 0, shift = 0;
  int32_t clamp_low = 0, clamp_high = 255;
};

/// Global average: y[c] = clamp(zero_out + requantise(sum_hw x[h][w][c] - H W zero_in)); scale contains 1/(H W).
struct AveragePoolLayer {
  std::string name;
  FeatureShape in, out;
  int32_t zero_in = 0, zero_out = 0;
  Requantiser requantise;
  int32_t clamp_low = 0, clamp_high = 255;
};

/// Largest code under a square window; padding does not take part.
struct MaxPoolLayer {
  std::string name;
  FeatureShape in, out;
  int kernel = 2, stride = 2, padding = 0;
};

/// Option A shortcut of CIFAR ResNets: every stride-th row and column, zero-padded channels
/// (pad_before channels of code zero, then the input's, then the rest). Codes pass unchanged.
struct SubsampleLayer {
  std::string name;
  FeatureShape in, out;
  int stride = 2;
  int pad_before = 0;
  int32_t zero = 0;
};

/// Layer normalisation of the C channels of each position, from their codes alone (the input's zero point cancels):
///   d_c = C x_c - sum x,  S = sum d_c^2 + epsilon,  t_c = d_c / sqrt(S) in units of 2^-24,
///   y_c = clamp(zero + round_half_even((t_c gamma_c + beta_c 2^(shift - 16)) / 2^shift))
/// with gamma_c ~ gamma sqrt(C) / scale_out 2^(shift - 24), beta_c ~ beta / scale_out 2^16 and
/// epsilon ~ epsilon C^3 / scale_in^2. Arithmetic and error bound: vector_norm.hpp.
struct LayerNormLayer {
  std::string name;
  FeatureShape shape;
  std::vector<int32_t> gamma, beta;  ///< [C]
  int64_t epsilon = 0;
  int32_t shift = 16;                ///< 16 .. 47
  int32_t zero_out = 0;
  int32_t clamp_low = 0, clamp_high = 255;
};

/// Softmax over the channels of each position: with d = max x - x,
///   e = exp_high[d >> 8] exp_low[d & 255] ~ exp(-scale_in d) in units of 2^-24, p = e / sum e,
///   y = clamp(zero + round_half_even(p / scale_out)).
/// Arithmetic and error bound: vector_norm.hpp.
struct SoftmaxLayer {
  std::string name;
  FeatureShape shape;
  std::vector<uint32_t> exp_low;   ///< [256] or, for inputs of b < 8 bits, [2^b]
  std::vector<uint32_t> exp_high;  ///< [2^(b - 8)], [1] for inputs of up to 8 bits
  Requantiser inverse_scale;       ///< 1 / scale_out
  int32_t zero_out = 0;
  int32_t clamp_low = 0, clamp_high = 255;
};

/// A function of one code of at most 8 bits: y = table[raw x] (GELU and other unary operations).
struct LookupLayer {
  std::string name;
  FeatureShape shape;
  std::vector<int32_t> table;  ///< [2^bits], values of output codes
};

/// Channels first .. first + out.channels - 1 of every position. Codes pass unchanged.
struct SliceLayer {
  std::string name;
  FeatureShape in, out;
  int first = 0;
};

/// A token before a sequence: inputs token (1 x 1 x C, a constant tensor), x. Codes pass unchanged.
struct PrependLayer {
  std::string name;
  FeatureShape in, out;
};

/// Token `index` of a sequence. Codes pass unchanged.
struct SelectLayer {
  std::string name;
  FeatureShape in, out;
  int index = 0;
};

using IntegerLayer = std::variant<GemmLayer, AddLayer, AveragePoolLayer, SubsampleLayer, MatmulLayer, LayerNormLayer,
                                  SoftmaxLayer, LookupLayer, SliceLayer, PrependLayer, SelectLayer, MaxPoolLayer>;

/// One step: which tensors it reads and writes. Tensor 0 is the quantised input image.
struct IntegerStep {
  IntegerLayer layer;
  std::vector<int> inputs;  ///< tensor indices, one or two (AddLayer, MatmulLayer: a, b; PrependLayer: token, x)
  int output = 0;           ///< tensor index
};

struct TensorInfo {
  FeatureShape shape;
  Affine affine;
  CodeFormat format = {};
  std::vector<uint8_t> constant = {};  ///< its bytes where the network fixes them (a class token); empty: computed
  /// Where channels have scales of their own: [C]; empty: all have affine.scale. The zero point is common.
  std::vector<float> channel_scales = {};

  int64_t bytes() const { return shape.size() * format.bytes(); }
};

/// A network in integers, in execution order. The last step is a GemmLayer, without requantisation where there are
/// logits.
struct IntegerNetwork {
  std::string name;
  std::vector<TensorInfo> tensors;
  std::vector<IntegerStep> steps;
  int bits = 8;                ///< of the multipliers' operands
  bool signed_codes = false;   ///< two's complement codes and multipliers

  int64_t macs() const;        ///< of GEMMs and matmuls
  const GemmLayer& last() const { return std::get<GemmLayer>(steps.back().layer); }
  /// Accumulators of the last step; 0 where it is requantised, as in a network of shapes alone.
  int64_t logits() const { return last().requantise.empty() ? last().m() * last().n() : 0; }
};

const std::string& layer_name(const IntegerStep& step);

/// Whether the array computes it: GemmLayer or MatmulLayer.
bool uses_multiplier(const IntegerStep& step);

}  // namespace tram
