#include "models/network/operations.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tram {
namespace {

struct KindName {
  std::string operator()(const ConvolutionOp&) const { return "conv"; }
  std::string operator()(const BatchNormOp&) const { return "batch_norm"; }
  std::string operator()(const LinearOp&) const { return "linear"; }
  std::string operator()(const ReluOp&) const { return "relu"; }
  std::string operator()(const AddOp&) const { return "add"; }
  std::string operator()(const GlobalAveragePoolOp&) const { return "global_average_pool"; }
  std::string operator()(const SubsampleOp&) const { return "subsample"; }
  std::string operator()(const LayerNormOp&) const { return "layer_norm"; }
  std::string operator()(const GeluOp&) const { return "gelu"; }
  std::string operator()(const SoftmaxOp&) const { return "softmax"; }
  std::string operator()(const SliceChannelsOp&) const { return "slice_channels"; }
  std::string operator()(const AttentionScoresOp&) const { return "attention_scores"; }
  std::string operator()(const AttentionContextOp&) const { return "attention_context"; }
  std::string operator()(const PrependTokenOp&) const { return "prepend_token"; }
  std::string operator()(const AddConstantOp&) const { return "add_constant"; }
  std::string operator()(const SelectTokenOp&) const { return "select_token"; }
  std::string operator()(const FlattenPositionsOp&) const { return "flatten_positions"; }
  std::string operator()(const MaxPoolOp&) const { return "max_pool"; }
  std::string operator()(const AveragePoolOp&) const { return "average_pool"; }
  std::string operator()(const MultiplyOp&) const { return "multiply"; }
  std::string operator()(const UnaryOp& op) const {
    switch (op.kind) {
      case UnaryKind::relu6: return "relu6";
      case UnaryKind::sigmoid: return "sigmoid";
      case UnaryKind::hard_sigmoid: return "hard_sigmoid";
      case UnaryKind::silu: return "silu";
      case UnaryKind::hard_swish: return "hard_swish";
      case UnaryKind::tanh: return "tanh";
    }
    return "unary";
  }
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double relu6(double x) { return std::clamp(x, 0.0, 6.0); }

}  // namespace

std::string kind(const Operation& operation) { return std::visit(KindName{}, operation); }

double evaluate(UnaryKind kind, double x) {
  switch (kind) {
    case UnaryKind::relu6: return relu6(x);
    case UnaryKind::sigmoid: return sigmoid(x);
    case UnaryKind::hard_sigmoid: return relu6(x + 3) / 6;
    case UnaryKind::silu: return x * sigmoid(x);
    case UnaryKind::hard_swish: return x * relu6(x + 3) / 6;
    case UnaryKind::tanh: return std::tanh(x);
  }
  return x;
}

double gelu(double x) { return x / 2 * (1 + std::erf(x / std::numbers::sqrt2)); }

}  // namespace tram
