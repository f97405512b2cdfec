#include "models/quant/quantise.hpp"

#include <algorithm>
#include <cmath>

#include "models/network/float_gemm.hpp"
#include "models/network/fold_batch_norm.hpp"
#include "models/quant/affine.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr double bias_limit = 1 << 28;  // |bias| in accumulator units, so that sums stay far from int32's end

/// Walks the graph and emits integer layers; fuses a ReLU that is the only reader of the layer before it.
class IntegerBuilder {
 public:
  IntegerBuilder(const NetworkGraph& graph, const std::vector<Affine>& activations, const QuantiseOptions& options)
      : graph_(graph), activations_(activations), options_(options), shapes_(infer_shapes(graph)),
        readers_(consumers(graph)), tensor_of_(shapes_.size(), -1) {
    if (activations.size() != shapes_.size())
      throw InputError(graph.name, fmt::format("{} activation quantisers; {} are expected", activations.size(),
                                               shapes_.size()));
    network_.name = graph.name;
    network_.bits = options.bits;
  }

  IntegerNetwork build() {
    define(0, activations_[0]);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      node_ = &graph_.nodes[i];
      value_ = static_cast<int>(i) + 1;
      std::visit([&](const auto& operation) { emit(operation); }, node_->operation);
    }
    if (network_.steps.empty() || !std::holds_alternative<GemmLayer>(network_.steps.back().layer) ||
        !network_.last().requantise.empty())
      throw InputError(graph_.name,
                       "the last node is not a linear layer or convolution; one is expected for the logits");
    return std::move(network_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(fmt::format("{}, {} {}", graph_.name, kind(node_->operation), node_->name), what);
  }

  const FeatureShape& shape(int value) const { return shapes_[static_cast<size_t>(value)]; }
  int input_tensor(size_t i) const { return tensor_of_[static_cast<size_t>(node_->inputs[i])]; }
  const Affine& input_affine(size_t i) const { return network_.tensors[static_cast<size_t>(input_tensor(i))].affine; }
  int32_t max_code() const { return (1 << options_.bits) - 1; }

  int define(int value, const Affine& affine) {
    network_.tensors.push_back({shape(value), affine});
    return tensor_of_[static_cast<size_t>(value)] = static_cast<int>(network_.tensors.size()) - 1;
  }

  /// The value that this node's layer produces: that of the ReLU when one is fused.
  int result_value() const {
    const std::vector<int>& readers = readers_[static_cast<size_t>(value_)];
    const bool fused = readers.size() == 1 &&
                       std::holds_alternative<ReluOp>(graph_.nodes[static_cast<size_t>(readers[0])].operation);
    return fused ? readers[0] + 1 : value_;
  }

  void append(auto layer, const Affine& affine, int value) {
    IntegerStep step{std::move(layer), {}, 0};
    for (size_t i = 0; i < node_->inputs.size(); ++i) step.inputs.push_back(input_tensor(i));
    step.output = define(value, affine);
    network_.steps.push_back(std::move(step));
  }

  void emit(const ConvolutionOp& op) {
    GemmLayer layer;
    layer.kernel_height = static_cast<int>(op.weight.shape[2]);
    layer.kernel_width = static_cast<int>(op.weight.shape[3]);
    layer.stride = op.stride;
    layer.padding = op.padding;
    emit_gemm(std::move(layer), op.weight, op.bias);
  }

  void emit(const LinearOp& op) { emit_gemm({}, op.weight, op.bias); }

  void emit(const BatchNormOp&) { fail("batch norm; a graph with it folded is expected"); }

  void emit(const ReluOp&) {
    if (tensor_of_[static_cast<size_t>(value_)] < 0)
      fail("not the only reader of a convolution, linear layer or addition; that is expected, to fuse it");
  }

  void emit(const AddOp&) {
    const int result = result_value();
    const Affine& out = activations_[static_cast<size_t>(result)];
    const double factor_a = double{input_affine(0).scale} / out.scale;
    const double factor_b = double{input_affine(1).scale} / out.scale;
    AddLayer layer{node_->name, shape(value_), input_affine(0).zero, input_affine(1).zero, out.zero, 0, 0, 0, 0, 0};
    layer.shift = make_requantiser(node_->name, std::max(factor_a, factor_b)).shift;
    layer.multiplier_a = shifted(factor_a, layer.shift);
    layer.multiplier_b = shifted(factor_b, layer.shift);
    layer.clamp_low = result != value_ ? out.zero : 0;
    layer.clamp_high = max_code();
    append(layer, out, result);
  }

  void emit(const GlobalAveragePoolOp&) {
    const FeatureShape in = shape(node_->inputs[0]);
    const Affine& out = activations_[static_cast<size_t>(value_)];
    const double factor = double{input_affine(0).scale} / (double{out.scale} * in.height * in.width);
    append(AveragePoolLayer{node_->name, in, shape(value_), input_affine(0).zero, out.zero,
                            make_requantiser(node_->name, factor), 0, max_code()},
           out, value_);
  }

  void emit(const SubsampleOp& op) {
    const FeatureShape in = shape(node_->inputs[0]);
    append(SubsampleLayer{node_->name, in, shape(value_), op.stride, (op.out_channels - in.channels) / 2,
                          input_affine(0).zero},
           Affine(input_affine(0)), value_);
  }

  /// round(factor 2^shift), below 2^31 because shift belongs to a factor at least as large.
  static int32_t shifted(double factor, int shift) {
    return static_cast<int32_t>(std::min(std::nearbyint(std::ldexp(factor, shift)), 2147483647.0));
  }

  void emit_gemm(GemmLayer layer, const Tensor& weight, const Tensor& bias) {
    layer.name = node_->name;
    layer.in = shape(node_->inputs[0]);
    layer.out = shape(value_);
    layer.input_zero = input_affine(0).zero;
    const std::vector<Affine> weight_affines = quantise_weights(layer, gemm_weights(weight), bias);
    const bool last = value_ == graph_.value_count() - 1;
    const int result = result_value();
    const Affine out = last ? Affine{} : activations_[static_cast<size_t>(result)];
    for (size_t n = 0; n < weight_affines.size(); ++n) {
      const double unit = double{input_affine(0).scale} * weight_affines[n].scale;
      layer.bias.push_back(bias.empty() ? 0 : static_cast<int32_t>(std::nearbyint(bias.data[n] / unit)));
      if (last) layer.logit_scale.push_back(static_cast<float>(unit));
      else layer.requantise.push_back(make_requantiser(node_->name, unit / out.scale));
    }
    layer.output_zero = out.zero;
    layer.clamp_low = result != value_ ? out.zero : 0;
    layer.clamp_high = max_code();
    check_accumulator(layer);
    append(std::move(layer), out, result);
  }

  /// Weight codes and zero points into layer; the quantisers, [N].
  std::vector<Affine> quantise_weights(GemmLayer& layer, const std::vector<float>& weights, const Tensor& bias) const {
    const auto channels = static_cast<size_t>(layer.n()), taps = static_cast<size_t>(layer.k());
    const std::span<const float> all(weights);
    const Affine common = fit(all);
    std::vector<Affine> affines(channels, common);
    for (size_t n = 0; n < channels; ++n) {
      if (options_.weights == WeightGranularity::per_channel) affines[n] = fit(all.subspan(n * taps, taps));
      if (!bias.empty()) widen_for_bias(affines[n], std::abs(double{bias.data[n]}));
      for (size_t k = 0; k < taps; ++k)
        layer.weights.push_back(quantise_value(weights[n * taps + k], affines[n], options_.bits));
      layer.weight_zero.push_back(affines[n].zero);
    }
    return affines;
  }

  Affine fit(std::span<const float> weights) const {
    const auto [low, high] = std::minmax_element(weights.begin(), weights.end());
    if (!std::isfinite(*low) || !std::isfinite(*high)) fail("weights that are not finite; finite ones are expected");
    if (options_.calibrate != CalibrationMethod::mse) return affine_of_range(*low, *high, options_.bits);
    const WeightedValues samples{{weights.begin(), weights.end()}, std::vector<double>(weights.size(), 1.0)};
    return least_error_affine(samples, *low, *high, options_.bits);
  }

  /// A channel of tiny weights gets a scale coarse enough for its bias to fit an accumulator.
  void widen_for_bias(Affine& affine, double bias) const {
    const double least = bias / (double{input_affine(0).scale} * bias_limit);
    if (!std::isfinite(bias)) fail("a bias that is not finite; a finite one is expected");
    if (affine.scale < least) affine.scale = std::nextafter(static_cast<float>(least), INFINITY);
  }

  /// Products, both corrections and their constant are each below K 2^(2 bits).
  void check_accumulator(const GemmLayer& layer) const {
    int64_t bias = 0;
    for (const int32_t value : layer.bias) bias = std::max(bias, std::abs(int64_t{value}));
    if (4 * (layer.k() << (2 * options_.bits)) + bias > INT32_MAX)
      fail(fmt::format("{} taps and a bias of {} units; a sum within int32 is expected", layer.k(), bias));
  }

  const NetworkGraph& graph_;
  const std::vector<Affine>& activations_;
  const QuantiseOptions& options_;
  std::vector<FeatureShape> shapes_;
  std::vector<std::vector<int>> readers_;
  std::vector<int> tensor_of_;        ///< by value; -1: not defined (yet)
  IntegerNetwork network_;
  const GraphNode* node_ = nullptr;   ///< being emitted
  int value_ = 0;                     ///< its value
};

}  // namespace

WeightGranularity parse_weight_granularity(const std::string& where, const std::string& text) {
  if (text == "per_channel") return WeightGranularity::per_channel;
  if (text == "per_tensor") return WeightGranularity::per_tensor;
  throw InputError(where, fmt::format("'{}'; per_channel or per_tensor is expected", text));
}

IntegerNetwork quantise(const NetworkGraph& folded, const std::vector<Affine>& activations,
                        const QuantiseOptions& options) {
  return IntegerBuilder(folded, activations, options).build();
}

IntegerNetwork quantise(const NetworkGraph& graph, const Dataset& training, const QuantiseOptions& options) {
  const NetworkGraph folded = fold_batch_norm(graph);
  return quantise(folded, calibrate_activations(folded, training, options), options);
}

std::vector<uint8_t> quantise_image(const IntegerNetwork& network, const Tensor& image) {
  const TensorInfo& input = network.tensors[0];
  const Shape expected = {input.shape.height, input.shape.width, input.shape.channels};
  if (image.shape != expected)
    throw InputError(network.name, fmt::format("image of shape {}; {} is expected", to_string(image.shape),
                                               to_string(expected)));
  std::vector<uint8_t> codes;
  codes.reserve(image.data.size());
  for (const float value : image.data) codes.push_back(quantise_value(value, input.affine, network.bits));
  return codes;
}

}  // namespace tram
