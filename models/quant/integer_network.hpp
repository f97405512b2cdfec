#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/network/feature_shape.hpp"

namespace tram {

/// Real value = scale * (code - zero); codes are unsigned, 0 .. 2^bits - 1.
struct Affine {
  float scale = 1;
  int32_t zero = 0;
};

/// Multiplication by a positive real number m < 2^15 in integers: round_half_even(x * multiplier / 2^shift),
/// multiplier in [2^30, 2^31) (or 0), shift in [16, 62].
struct Requantiser {
  int32_t multiplier = 0;
  int32_t shift = 0;
};

/// A convolution or linear layer, computed on the array as a GEMM
/// M = out.height * out.width, K = kernel_height * kernel_width * in.channels, N = out.channels:
///   acc[m][n] = sum_k AxM(w[n][k], x[m][k]) - zx sum_k w[n][k] - zw[n] sum_k x[m][k] + K zx zw[n] + bias[n]   (int32)
/// Padded taps have the code zx. k counts (kernel row, kernel column, channel), channel fastest.
struct GemmLayer {
  std::string name;
  FeatureShape in, out;
  int kernel_height = 1, kernel_width = 1, stride = 1, padding = 0;
  std::vector<uint8_t> weights;      ///< [N][K]
  std::vector<int32_t> weight_zero;  ///< [N], zw
  int32_t input_zero = 0;            ///< zx
  std::vector<int32_t> bias;         ///< [N], in units of the accumulator; may fold the multiplier's mean error
  std::vector<Requantiser> requantise;  ///< [N]; empty in the last layer, whose accumulators are the logits
  int32_t output_zero = 0;
  int32_t clamp_low = 0, clamp_high = 255;  ///< saturation; a fused ReLU has clamp_low = output_zero
  std::vector<float> logit_scale;    ///< [N], real value of one accumulator unit; only in the last layer

  int64_t m() const { return int64_t{out.height} * out.width; }
  int64_t k() const { return int64_t{kernel_height} * kernel_width * in.channels; }
  int64_t n() const { return out.channels; }
  int64_t macs() const { return m() * k() * n(); }
};

/// y = clamp(zero + rq_a(a - zero_a) + rq_b(b - zero_b)), element by element (a residual addition, with fused ReLU).
/// Both requantisers share one shift: y = clamp(zero + round_half_even(((a - za) ma + (b - zb) mb) / 2^shift)).
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

/// Option A shortcut of CIFAR ResNets: every stride-th row and column, zero-padded channels
/// (pad_before channels of code zero, then the input's, then the rest). Codes pass unchanged.
struct SubsampleLayer {
  std::string name;
  FeatureShape in, out;
  int stride = 2;
  int pad_before = 0;
  int32_t zero = 0;
};

/// One step: which tensors it reads and writes. Tensor 0 is the quantised input image.
struct IntegerStep {
  std::variant<GemmLayer, AddLayer, AveragePoolLayer, SubsampleLayer> layer;
  std::vector<int> inputs;  ///< tensor indices, one or two (AddLayer: a, b)
  int output = 0;           ///< tensor index
};

struct TensorInfo {
  FeatureShape shape;
  Affine affine;
};

/// A network in integers, in execution order. The last step is a GemmLayer without requantisation.
struct IntegerNetwork {
  std::string name;
  std::vector<TensorInfo> tensors;
  std::vector<IntegerStep> steps;
  int bits = 8;

  int64_t macs() const;
  const GemmLayer& last() const { return std::get<GemmLayer>(steps.back().layer); }
};

const std::string& layer_name(const IntegerStep& step);

}  // namespace tram
