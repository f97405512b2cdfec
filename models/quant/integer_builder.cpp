#include "models/quant/integer_builder.hpp"

#include <algorithm>
#include <cmath>

#include "models/network/float_gemm.hpp"
#include "models/quant/affine.hpp"
#include "models/quant/weight_quantiser.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr double saturating = 32767;    // a requantiser's factor with which each sum but 0 is beyond codes of 8 bits
constexpr double bias_limit = 1 << 28;  // |bias| in accumulator units, so that sums stay far from int32's end

bool is_relu6(const Operation& operation) {
  const auto* unary = std::get_if<UnaryOp>(&operation);
  return unary != nullptr && unary->kind == UnaryKind::relu6;
}

}  // namespace

IntegerBuilder::IntegerBuilder(const NetworkGraph& graph, const std::vector<Affine>& activations,
                               const WeightAffines* weights, const QuantiseOptions& options)
    : graph_(graph), bits_(bits_by_node(graph, options)), weights_(weights), options_(options),
      shapes_(infer_shapes(graph)), readers_(consumers(graph)), places_(shapes_.size()) {
  if (activations.size() != shapes_.size())
    throw InputError(graph.name,
                     fmt::format("{} activation quantisers; {} are expected", activations.size(), shapes_.size()));
  const std::vector<CodeFormat> formats = value_formats(graph, options);
  for (size_t v = 0; v < shapes_.size(); ++v) calibrated_.push_back({activations[v], formats[v]});
  share_quantisers();
  network_.name = graph.name;
  network_.signed_codes = options.signed_codes;
}

/// A value that feeds only a larger map, to which its codes pass unchanged, takes that map's quantiser.
void IntegerBuilder::share_quantisers() {
  for (size_t i = graph_.nodes.size(); i-- > 0;) {
    const GraphNode& node = graph_.nodes[i];
    const auto source = static_cast<size_t>(node.inputs[0]);
    const bool passes = std::holds_alternative<PrependTokenOp>(node.operation) ||
                        std::holds_alternative<FlattenPositionsOp>(node.operation);
    if (passes && readers_[source].size() == 1) calibrated_[source] = calibrated_[i + 1];
  }
}

IntegerNetwork IntegerBuilder::build() {
  places_[0] = {add_tensor(shape(0), calibrated(0)), 0, calibrated(0)};
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    node_ = &graph_.nodes[i];
    value_ = static_cast<int>(i) + 1;
    if (places_[i + 1].tensor < 0) std::visit([&](const auto& operation) { emit(operation); }, node_->operation);
  }
  if (network_.steps.empty() || !std::holds_alternative<GemmLayer>(network_.steps.back().layer) ||
      !network_.last().requantise.empty())
    throw InputError(graph_.name, "the last node is not a linear layer or convolution; one is expected for the logits");
  const OperandBits widest = widest_operands(network_);
  network_.bits = std::max(widest.weights, widest.activations);
  return std::move(network_);
}

void IntegerBuilder::fail(const std::string& what) const {
  throw InputError(fmt::format("{}, {} {}", graph_.name, kind(node_->operation), node_->name), what);
}

bool IntegerBuilder::only_attention_reads(int value) const {
  const std::vector<int>& readers = readers_[static_cast<size_t>(value)];
  return !readers.empty() && std::all_of(readers.begin(), readers.end(), [&](int reader) {
    const Operation& operation = graph_.nodes[static_cast<size_t>(reader)].operation;
    return std::holds_alternative<AttentionScoresOp>(operation) ||
           std::holds_alternative<AttentionContextOp>(operation);
  });
}

/// The ReLU or ReLU6 that reads this node's value and nothing else does; null where there is none.
const GraphNode* IntegerBuilder::fused_activation() const {
  const std::vector<int>& readers = readers_[static_cast<size_t>(value_)];
  if (readers.size() != 1) return nullptr;
  const GraphNode& reader = graph_.nodes[static_cast<size_t>(readers[0])];
  return std::holds_alternative<ReluOp>(reader.operation) || is_relu6(reader.operation) ? &reader : nullptr;
}

/// The value that this node's layer produces: that of the activation when one is fused.
int IntegerBuilder::result_value() const {
  return fused_activation() != nullptr ? readers_[static_cast<size_t>(value_)][0] + 1 : value_;
}

/// The codes that this node's layer may give.
void IntegerBuilder::limit(int32_t& low, int32_t& high, const CodedAs& out) const {
  low = out.format.lowest();
  high = out.format.highest();
  const GraphNode* activation = fused_activation();
  if (activation == nullptr) return;
  low = out.affine.zero;
  if (is_relu6(activation->operation)) high = std::min(high, quantise_value(6, out.affine, out.format));
}

int IntegerBuilder::add_tensor(const FeatureShape& shape, const CodedAs& coded) {
  network_.tensors.push_back({shape, coded.affine, coded.format});
  return static_cast<int>(network_.tensors.size()) - 1;
}

int IntegerBuilder::add_constant(const FeatureShape& shape, const CodedAs& coded, const Tensor& values) {
  const int tensor = add_tensor(shape, coded);
  std::vector<int32_t> codes;
  for (const float value : values.data) codes.push_back(quantise_value(value, coded.affine, coded.format));
  std::vector<uint8_t>& bytes = network_.tensors.back().constant;
  bytes.resize(codes.size() * static_cast<size_t>(coded.format.bytes()));
  store_codes(coded.format, codes, bytes);
  return tensor;
}

void IntegerBuilder::append(IntegerLayer layer, std::vector<int> inputs, const CodedAs& coded, int value) {
  const int output = add_tensor(shape(value), coded);
  network_.steps.push_back({std::move(layer), std::move(inputs), output});
  places_[static_cast<size_t>(value)] = {output, 0, coded};
}

void IntegerBuilder::emit(const ConvolutionOp& op) {
  GemmLayer layer;
  layer.kernel_height = static_cast<int>(op.weight.shape[2]);
  layer.kernel_width = static_cast<int>(op.weight.shape[3]);
  layer.stride = layer.column_stride = op.stride;
  layer.padding = op.padding;
  layer.groups = op.groups;
  emit_gemm(std::move(layer), op.weight, op.bias);
}

void IntegerBuilder::emit(const LinearOp& op) { emit_gemm({}, op.weight, op.bias); }

void IntegerBuilder::emit(const BatchNormOp&) { fail("batch norm; a graph with it folded is expected"); }

void IntegerBuilder::emit(const auto&) { fail("has no integer layer; an operation that has one is expected"); }

/// The quantisers of this node's weights; empty where they are to be fitted.
std::span<const Affine> IntegerBuilder::given_weights() const {
  if (weights_ == nullptr) return {};
  const auto found = weights_->find(node_->name);
  if (found == weights_->end() || found->second.empty())
    fail("no quantisers of its weights; one for each output channel is expected");
  return found->second;
}

/// Real scales of the output's channels: those of slices, where only attention reads slices of the value.
std::vector<float> IntegerBuilder::output_scales(int value) const {
  std::vector<float> scales(static_cast<size_t>(shape(value).channels), 0.0F);
  for (const int reader : readers_[static_cast<size_t>(value)]) {
    const auto* slice = std::get_if<SliceChannelsOp>(&graph_.nodes[static_cast<size_t>(reader)].operation);
    if (slice == nullptr || !only_attention_reads(reader + 1)) return {};
    std::fill_n(scales.begin() + slice->first, slice->count, calibrated(reader + 1).affine.scale);
  }
  return std::find(scales.begin(), scales.end(), 0.0F) == scales.end() ? scales : std::vector<float>();
}

void IntegerBuilder::emit_gemm(GemmLayer layer, const Tensor& weight, const Tensor& bias) {
  layer.name = node_->name;
  layer.in = input_shape(0);
  layer.out = shape(value_);
  const CodedAs in = input(0).coded;
  layer.input_zero = in.affine.zero;
  layer.operands = in.format;
  QuantiseOptions own = options_;
  own.weight_bits = bits_[static_cast<size_t>(value_) - 1].weights;
  layer.weight_codes = {own.weight_bits, own.signed_codes};
  if (in.format.bits > 8) fail(fmt::format("reads {}-bit codes; at most 8 bits are expected", in.format.bits));
  std::vector<double> min_scale(static_cast<size_t>(layer.n()), 0);
  for (size_t n = 0; n < bias.data.size(); ++n) {  // a channel of tiny weights: coarse enough for its bias to fit
    min_scale[n] = std::abs(double{bias.data[n]}) / (double{in.affine.scale} * bias_limit);
    if (!std::isfinite(bias.data[n])) fail("a bias that is not finite; a finite one is expected");
  }
  const std::string where = fmt::format("{}, {} {}", graph_.name, kind(node_->operation), node_->name);
  QuantisedWeights weights = quantise_weights(where, gemm_weights(weight), given_weights(), min_scale, own);
  layer.weights = std::move(weights.codes);
  const bool last = value_ == graph_.value_count() - 1;
  const int result = result_value();
  const std::vector<float> scales = output_scales(value_);
  CodedAs out = last ? CodedAs{{}, calibrated(0).format} : calibrated(result);
  if (!scales.empty()) out = calibrated(readers_[static_cast<size_t>(value_)][0] + 1);
  for (size_t n = 0; n < weights.affines.size(); ++n) {
    const double unit = double{in.affine.scale} * weights.affines[n].scale;
    layer.weight_zero.push_back(weights.affines[n].zero);
    layer.bias.push_back(bias.empty() ? 0 : static_cast<int32_t>(std::nearbyint(bias.data[n] / unit)));
    if (last) {
      layer.logit_scale.push_back(static_cast<float>(unit));
      continue;
    }
    const double factor = unit / (scales.empty() ? out.affine.scale : scales[n]);
    layer.requantise.push_back(make_requantiser(where, out.format.bits > 8 ? factor : std::min(factor, saturating)));
  }
  layer.output_zero = out.affine.zero;
  limit(layer.clamp_low, layer.clamp_high, out);
  check_accumulator(layer);
  append(std::move(layer), {input(0).tensor}, out, result);
  network_.tensors.back().channel_scales = scales;
}

/// Products, both corrections and their constant are each below K 2^(sum of the operands' bits).
void IntegerBuilder::check_accumulator(const GemmLayer& layer) const {
  int64_t bias = 0;
  for (const int32_t value : layer.bias) bias = std::max(bias, std::abs(int64_t{value}));
  if (4 * (layer.k() << (layer.weight_codes.bits + layer.operands.bits)) + bias > INT32_MAX)
    fail(fmt::format("{} taps and a bias of {} units; a sum within int32 is expected", layer.k(), bias));
}

void IntegerBuilder::emit_matmul(MatmulLayer layer, double factor) {
  const Place a = input(0), b = input(1);
  const CodedAs& out = calibrated(value_);
  layer.name = node_->name;
  layer.rows = input_shape(0).height * (layer.kind == MatmulLayer::Kind::scores ? input_shape(0).width : 1);
  layer.a_width = network_.tensors[static_cast<size_t>(a.tensor)].shape.channels;
  layer.b_width = network_.tensors[static_cast<size_t>(b.tensor)].shape.channels;
  if (layer.kind == MatmulLayer::Kind::context) layer.a_width *= layer.heads;
  layer.a_first = a.first;
  layer.b_first = b.first;
  layer.parameters.a_zero = a.coded.affine.zero;
  layer.parameters.b_zero = b.coded.affine.zero;
  layer.parameters.requantise =
      make_requantiser(node_->name, factor * a.coded.affine.scale * b.coded.affine.scale / out.affine.scale);
  layer.output_zero = out.affine.zero;
  layer.clamp_low = out.format.lowest();
  layer.clamp_high = out.format.highest();
  layer.operands = a.coded.format;
  if (a.coded.format.bits != b.coded.format.bits || a.coded.format.bits > 8)
    fail(fmt::format("reads {}-bit and {}-bit codes; equal bits, at most 8, are expected", a.coded.format.bits,
                     b.coded.format.bits));
  if (4 * (layer.k() << (2 * layer.operands.bits)) > INT32_MAX)
    fail(fmt::format("{} taps; a sum within int32 is expected", layer.k()));
  append(std::move(layer), {a.tensor, b.tensor}, out, value_);
}

void IntegerBuilder::emit(const AttentionScoresOp& op) {
  MatmulLayer layer;
  layer.kind = MatmulLayer::Kind::scores;
  layer.heads = op.heads;
  layer.parameters.inner = input_shape(0).channels / op.heads;
  layer.columns = input_shape(1).height * input_shape(1).width;
  emit_matmul(std::move(layer), op.scale);
}

void IntegerBuilder::emit(const AttentionContextOp& op) {
  MatmulLayer layer;
  layer.kind = MatmulLayer::Kind::context;
  layer.heads = op.heads;
  layer.parameters.inner = input_shape(0).channels;
  layer.columns = input_shape(1).channels / op.heads;
  emit_matmul(std::move(layer), 1);
}

}  // namespace tram
