#pragma once
#include <algorithm>
#include <string>
#include <variant>

#include "models/network/tensor.hpp"

namespace tram {

// Operations of a network graph on feature maps, height x width x channels. A sequence of T tokens of D values is a
// T x 1 x D map: one token a position. name() is the operation's name in messages. What each element becomes by itself
// is said by value(): shape, fp32 inference and, of one map, the integer layer (a table) follow from it.

/// Two-dimensional convolution, square stride, zero padding on every side. Output channel o reads the input channels
/// of its group, o / (O / groups); groups = channels is a depthwise convolution.
struct ConvolutionOp {
  static const char* name() { return "conv"; }
  Tensor weight;    ///< OIHW, I = input channels / groups
  Tensor bias;      ///< [O]; empty: none
  int stride = 1;   ///< >= 1
  int padding = 0;  ///< >= 0, rows and columns
  int groups = 1;   ///< >= 1, divides input and output channels
};

/// Inference batch norm, channel by channel: (x - mean) / sqrt(variance + epsilon) * gamma + beta.
struct BatchNormOp {
  static const char* name() { return "batch_norm"; }
  Tensor gamma, beta, mean, variance;  ///< [C] each
  float epsilon = 1e-5F;
};

/// y = W x + b on the channels of each position (a 1 x 1 map, or one token a position).
struct LinearOp {
  static const char* name() { return "linear"; }
  Tensor weight;  ///< [out, in]
  Tensor bias;    ///< [out]; empty: none
};

struct ReluOp {
  static const char* name() { return "relu"; }
  auto value(auto x) const { return std::max(x, decltype(x){0}); }
};

/// Element-wise sum of two maps of one shape.
struct AddOp {
  static const char* name() { return "add"; }
  auto value(auto a, auto b) const { return a + b; }
};

/// Mean over height and width: H x W x C to 1 x 1 x C.
struct GlobalAveragePoolOp {
  static const char* name() { return "global_average_pool"; }
};

/// Option A shortcut of CIFAR ResNets (He et al., CVPR 2016, section 4.2): every stride-th row and column, then
/// channels zero-padded to out_channels, (out_channels - in channels) / 2 of them before the input's channels.
struct SubsampleOp {
  static const char* name() { return "subsample"; }
  int stride = 2;
  int out_channels = 0;
};

/// Normalises the channels of each position (Ba et al. 2016): (x - mean) / sqrt(variance + epsilon) * gamma + beta,
/// mean and (population) variance over the channels.
struct LayerNormOp {
  static const char* name() { return "layer_norm"; }
  Tensor gamma, beta;  ///< [C] each
  float epsilon = 1e-6F;
};

/// x Phi(x) = x / 2 (1 + erf(x / sqrt 2)) (Hendrycks, Gimpel 2016), element by element.
struct GeluOp {
  static const char* name() { return "gelu"; }
  double value(double x) const;
};

/// exp(x_c) / sum over the channels c' of exp(x_c'), at each position.
struct SoftmaxOp {
  static const char* name() { return "softmax"; }
};

/// Channels first .. first + count - 1 of every position.
struct SliceChannelsOp {
  static const char* name() { return "slice_channels"; }
  int first = 0;
  int count = 0;
};

/// Scores of multi-head attention (Vaswani et al. 2017, section 3.2) of queries q (tokens x 1 x D) and keys
/// k (keys x 1 x D), head h being the D / heads channels from h D / heads on:
/// y[t][h][s] = scale * sum over the channels c of head h of q[t][c] k[s][c], a map tokens x heads x keys.
struct AttentionScoresOp {
  static const char* name() { return "attention_scores"; }
  int heads = 1;
  float scale = 1;
};

/// Weighted values: inputs p (tokens x heads x keys) and v (keys x 1 x D);
/// y[t][c] = sum over keys s of p[t][h(c)][s] v[s][c], h(c) the head of channel c; a map tokens x 1 x D.
struct AttentionContextOp {
  static const char* name() { return "attention_context"; }
  int heads = 1;
};

/// A fixed token before the sequence: T x 1 x D to T + 1 x 1 x D.
struct PrependTokenOp {
  static const char* name() { return "prepend_token"; }
  Tensor token;  ///< [D]
};

/// x + value, element by element (a position embedding).
struct AddConstantOp {
  static const char* name() { return "add_constant"; }
  Tensor value;  ///< [height, width, channels] of the map
};

/// One token of a sequence: T x 1 x D to 1 x 1 x D.
struct SelectTokenOp {
  static const char* name() { return "select_token"; }
  int index = 0;  ///< 0 .. T - 1
};

/// A map as a sequence of its positions in row-major order: H x W x C to HW x 1 x C. Moves no value.
struct FlattenPositionsOp {
  static const char* name() { return "flatten_positions"; }
};

/// Largest value under a square window; padding does not take part.
struct MaxPoolOp {
  static const char* name() { return "max_pool"; }
  int kernel = 2, stride = 2;
  int padding = 0;  ///< 0 .. kernel - 1
};

/// Mean under a square window; padding counts as zeros, or is left out of sum and count.
struct AveragePoolOp {
  static const char* name() { return "average_pool"; }
  int kernel = 2, stride = 2;
  int padding = 0;  ///< 0 .. kernel - 1
  bool count_padding = true;
};

/// Element-wise product of two maps; the second may be 1 x 1 x C, one factor a channel (squeeze-and-excitation).
struct MultiplyOp {
  static const char* name() { return "multiply"; }
};

enum class UnaryKind {
  relu6,         ///< min(max(x, 0), 6)
  sigmoid,       ///< 1 / (1 + exp(-x))
  hard_sigmoid,  ///< min(max(x + 3, 0), 6) / 6
  silu,          ///< x sigmoid(x)
  hard_swish,    ///< x hard_sigmoid(x)
  tanh
};

/// A function of one variable on every element.
struct UnaryOp {
  UnaryKind kind = UnaryKind::relu6;
  const char* name() const;
  double value(double x) const;
};

using Operation =
    std::variant<ConvolutionOp, BatchNormOp, LinearOp, ReluOp, AddOp, GlobalAveragePoolOp, SubsampleOp, LayerNormOp,
                 GeluOp, SoftmaxOp, SliceChannelsOp, AttentionScoresOp, AttentionContextOp, PrependTokenOp,
                 AddConstantOp, SelectTokenOp, FlattenPositionsOp, MaxPoolOp, AveragePoolOp, MultiplyOp, UnaryOp>;

/// An operation on every element of a map by itself: y = value(x).
template <class Op>
concept ElementWise = requires(const Op& op, double x) {
  op.value(x);
};

/// An operation on every two elements of two maps of one shape: y = value(a, b).
template <class Op>
concept ElementWisePair = requires(const Op& op, double x) {
  op.value(x, x);
};

/// The operation's name().
std::string kind(const Operation& operation);

}  // namespace tram
