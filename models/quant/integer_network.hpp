#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/network/feature_shape.hpp"
#include "models/quant/code_format.hpp"
#include "models/quant/vector_operations.hpp"

namespace tram {

/// Bits of what a multiplier's operands are in a layer.
struct OperandBits {
  int weights = 8;      ///< of the one that a weight-stationary array holds
  int activations = 8;  ///< of the other one

  bool operator==(const OperandBits&) const = default;
};

/// Of an array that holds activations.
constexpr OperandBits exchanged(OperandBits bits) { return {bits.activations, bits.weights}; }

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
  std::vector<uint8_t> weights;       ///< [N][K], raw; empty in a network of shapes alone: all 0
  std::vector<int32_t> weight_zero;   ///< [N], zw; 0 where codes are signed
  int32_t input_zero = 0;             ///< zx
  std::vector<int32_t> bias;  ///< [N], in units of the accumulator; the multiplier's mean error may be taken off
  std::vector<Requantiser> requantise;  ///< [N]; empty in the last layer, whose accumulators are the logits
  int32_t output_zero = 0;
  int32_t clamp_low = 0, clamp_high = 255;  ///< saturation; a fused ReLU has clamp_low = output_zero
  std::vector<float> logit_scale;           ///< [N], real value of one accumulator unit; only in the last layer
  int groups = 1;
  CodeFormat operands = {};      ///< of inputs, at most 8 bits
  CodeFormat weight_codes = {};  ///< likewise

  int64_t m() const { return int64_t{out.height} * out.width; }
  int64_t k() const { return int64_t{kernel_height} * kernel_width * (in.channels / groups); }
  int64_t n() const { return out.channels; }
  int64_t macs() const { return m() * k() * n(); }
};
/// Whether the sums of the activations are needed.
bool has_weight_zeros(const GemmLayer& layer);

/// Constants that correct and requantise the accumulators of a product of activations, the same for all columns.
struct MatmulParameters {
  int32_t inner = 1;               ///< K
  int32_t a_zero = 0, b_zero = 0;  ///< za, zb
  int32_t bias = 0;                ///< the multiplier's mean error, taken back
  Requantiser requantise;
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
  int rows = 1, columns = 1;  ///< M, N of one head
  int a_width = 1, a_first = 0;
  int b_width = 1, b_first = 0;
  MatmulParameters parameters;
  int32_t output_zero = 0;
  int32_t clamp_low = 0, clamp_high = 255;
  CodeFormat operands = {};  ///< of A and B, at most 8 bits

  int64_t m() const { return rows; }
  int64_t k() const { return parameters.inner; }
  int64_t n() const { return columns; }
  int64_t macs() const { return heads * m() * k() * n(); }
  /// Index in B of element (column n, tap k) of head h.
  int64_t b_index(int64_t h, int64_t n, int64_t k) const {
    return kind == Kind::scores ? n * b_width + b_first + h * this->k() + k : k * b_width + b_first + h * columns + n;
  }
};

/// A layer of the vector unit.
struct VectorLayer {
  std::string name;
  VectorParameters parameters;
  std::vector<int32_t> constants = {};  ///< as VectorParameters says; so in memory too, little-endian
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

using IntegerLayer = std::variant<GemmLayer, MatmulLayer, VectorLayer, SliceLayer, PrependLayer, SelectLayer>;

/// One step: which tensors it reads and writes. Tensor 0 is the quantised input image.
struct IntegerStep {
  IntegerLayer layer;
  std::vector<int> inputs;  ///< tensor indices, one or two (an addition or MatmulLayer: a, b; PrependLayer: token, x)
  int output = 0;           ///< tensor index
};

struct TensorInfo {
  FeatureShape shape;
  Affine affine;
  CodeFormat format = {};
  std::vector<uint8_t> constant = {};  ///< its bytes where the network fixes them (a class token); empty: computed
  /// Scales by channel [C]; empty: all have affine.scale. The zero point is common.
  std::vector<float> channel_scales = {};

  int64_t bytes() const { return shape.size() * format.bytes(); }
};

/// A network in integers, in execution order. The last step is a GemmLayer, without requantisation where there are
/// logits.
struct IntegerNetwork {
  std::string name;
  std::vector<TensorInfo> tensors;
  std::vector<IntegerStep> steps;
  int bits = 8;                 ///< of the multipliers' operands, the widest
  bool signed_codes = false;    ///< two's complement codes and multipliers
  bool sign_magnitude = false;  ///< weights of sign and magnitude, unsigned activations, and such multipliers

  int64_t macs() const;  ///< of GEMMs and matmuls
  const GemmLayer& last() const { return std::get<GemmLayer>(steps.back().layer); }
  /// Accumulators of the last step; 0 where it is requantised, as in a network of shapes alone.
  int64_t logits() const { return last().requantise.empty() ? last().m() * last().n() : 0; }
};

const std::string& layer_name(const IntegerStep& step);

/// "conv", "linear", "matmul", "slice", "prepend", "select" or the kind of the vector unit's operation.
std::string layer_kind(const IntegerStep& step);

/// The parameters of a layer of the vector unit; null where the step is another one.
template <class Parameters>
const Parameters* vector_parameters(const IntegerStep& step) {
  const auto* layer = std::get_if<VectorLayer>(&step.layer);
  return layer != nullptr ? std::get_if<Parameters>(&layer->parameters) : nullptr;
}

/// Whether the array computes it: GemmLayer or MatmulLayer.
bool uses_multiplier(const IntegerStep& step);

/// Of a step that uses a multiplier.
OperandBits operand_bits(const IntegerStep& step);
/// The most bits of each operand in any step; 8 where none multiplies.
OperandBits widest_operands(const IntegerNetwork& network);

}  // namespace tram
