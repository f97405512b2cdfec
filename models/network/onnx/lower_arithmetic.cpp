#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/network/onnx/lowering.hpp"
#include "models/network/onnx/node_inputs.hpp"
#include "models/support/error.hpp"

// Element-wise operators, softmax and layer norm.

namespace tram {
namespace {

/// Value of each channel when it is the same at every position; nothing when positions differ.
std::optional<std::vector<float>> by_channel(const std::vector<float>& map, int channels) {
  const std::vector<float> first(map.begin(), map.begin() + channels);
  for (size_t i = 0; i < map.size(); ++i)
    if (map[i] != first[i % static_cast<size_t>(channels)]) return {};
  return first;
}

void scale_rows(Tensor& weight, const std::vector<float>& factors) {
  if (weight.empty()) return;
  const size_t row = weight.data.size() / factors.size();
  for (size_t i = 0; i < weight.data.size(); ++i) weight.data[i] *= factors[i / row];
}

void add_to(Tensor& bias, const std::vector<float>& offsets) {
  if (bias.empty()) bias = zeros(Shape{static_cast<int64_t>(offsets.size())});
  for (size_t i = 0; i < offsets.size(); ++i) bias.data[i] += offsets[i];
}

/// The parameters of a layer's last multiplication and addition; null when it has none.
struct LayerEnd {
  Tensor* weight = nullptr;
  Tensor* bias = nullptr;
};

LayerEnd end_of(Operation& operation) {
  if (auto* conv = std::get_if<ConvolutionOp>(&operation)) return {&conv->weight, &conv->bias};
  if (auto* linear = std::get_if<LinearOp>(&operation)) return {&linear->weight, &linear->bias};
  if (auto* norm = std::get_if<BatchNormOp>(&operation)) return {&norm->gamma, &norm->beta};
  if (auto* norm = std::get_if<LayerNormOp>(&operation)) return {&norm->gamma, &norm->beta};
  return {};
}

}  // namespace

/// A constant as a map: the value that each element of the activation meets.
std::vector<float> Lowering::in_layout(const OnnxNode& node, const Activation& a, const std::vector<float>& values,
                                       const Shape& shape_of_values) const {
  const std::vector<int64_t> from = broadcast_indices(model_.where(node), shape_of_values, shape_of(a.view));
  const std::vector<int64_t> to = data_offsets(a.view, shape(a));
  std::vector<float> map(to.size());
  for (size_t i = 0; i < to.size(); ++i) map[static_cast<size_t>(to[i])] = values[static_cast<size_t>(from[i])];
  return map;
}

bool Lowering::absorb_factor(const Activation& a, const std::vector<float>& factors) {
  if (!a.exclusive || a.value == 0) return false;
  Operation& operation = producer(a).operation;
  if (auto* scores = std::get_if<AttentionScoresOp>(&operation)) {
    if (std::adjacent_find(factors.begin(), factors.end(), std::not_equal_to<>()) != factors.end()) return false;
    scores->scale *= factors[0];
    return true;
  }
  const LayerEnd end = end_of(operation);
  if (end.weight == nullptr) return false;
  scale_rows(*end.weight, factors);
  scale_rows(*end.bias, factors);
  return true;
}

bool Lowering::absorb_offset(const OnnxNode& node, const Activation& a, const std::vector<float>& offsets) {
  if (!a.exclusive || a.value == 0) return false;
  GraphNode& layer = producer(a);
  const LayerEnd end = end_of(layer.operation);
  if (end.bias == nullptr) return false;
  add_to(*end.bias, offsets);
  for (const std::string& input : node.inputs) {
    const std::string name = is_activation(input) ? "" : stem(input);
    if (name.empty() || !named_by_parameter_.insert(a.value).second) continue;
    names_.erase(layer.name);
    layer.name = unique(name);
  }
  return true;
}

void Lowering::add_constant(const OnnxNode& node, size_t input, const std::vector<float>& values,
                            const Shape& shape_of_values) {
  const Activation a = operand(node, input);
  const FeatureShape to = shape(a);
  std::vector<float> map = in_layout(node, a, values, shape_of_values);
  const std::optional<std::vector<float>> offsets = by_channel(map, to.channels);
  if (offsets && absorb_offset(node, a, *offsets)) return define(node, a);
  const std::string& constant_name = node.input(1 - input);
  const bool named = !constant_name.starts_with('/') && constant_name.find("::") == std::string::npos;
  spend(node, to.size());
  if (std::ranges::any_of(map, [](float value) { return !(value < std::numeric_limits<float>::infinity()); }))
    fail(node, "adds NaN or infinity; finite numbers, or -infinity in a mask, are expected");
  if (auto* first = a.exclusive && a.value > 0 ? std::get_if<AddConstantOp>(&producer(a).operation) : nullptr) {
    for (size_t i = 0; i < map.size(); ++i) first->value.data[i] += map[i];
    return define(node, a);
  }
  AddConstantOp op{{{to.height, to.width, to.channels}, std::move(map)}};
  define_value(node, emit(node, named ? constant_name : layer_name(node, {}, "add_constant"), std::move(op), {a.value}),
               a.view);
}

void Lowering::multiply_constant(const OnnxNode& node, size_t input, const std::vector<float>& values,
                                 const Shape& shape_of_values) {
  if (values.size() == 1) {
    Activation scaled = raw_operand(node, input);
    if (broadcast_shape(model_.where(node), shape_of_values, shape_of(scaled.view)) != shape_of(scaled.view))
      fail(node, "multiplies by a constant of more dimensions; at most as many are expected");
    scaled.scale *= values[0];
    return define(node, scaled);
  }
  const Activation a = operand(node, input);
  const auto factors = by_channel(in_layout(node, a, values, shape_of_values), shape(a).channels);
  if (!factors || !absorb_factor(a, *factors))
    fail(node,
         "multiplies by a constant what is not the output of a layer of its own; one factor a channel after a "
         "convolution, linear layer or norm that nothing else reads is expected");
  define(node, a);
}

void Lowering::add(const OnnxNode& node) {
  for (size_t i = 0; i < 2; ++i)
    if (const OnnxTensor* tensor = constant(node.input(i)))
      return add_constant(node, 1 - i, floats(node, i), tensor->shape);
  Activation a = operand(node, 0), b = operand(node, 1);
  if (shape(a) != shape(b)) {
    a = with_token_rows(node, std::move(a));
    b = with_token_rows(node, std::move(b));
  }
  if (a.view != b.view || shape(a) != shape(b))
    fail(node, fmt::format("adds {} and {} in different layouts; equal ones are expected", to_string(shape_of(a.view)),
                           to_string(shape_of(b.view))));
  define_value(node, emit(node, layer_name(node, {}, "add"), AddOp{}, {a.value, b.value}), a.view);
}

void Lowering::subtract(const OnnxNode& node) {
  if (constant(node.input(1)) == nullptr) fail(node, "subtracts what depends on the image; a constant is expected");
  std::vector<float> negative = floats(node, 1);
  for (float& value : negative) value = -value;
  add_constant(node, 0, negative, constant(node.input(1))->shape);
}

void Lowering::divide(const OnnxNode& node) {
  if (constant(node.input(1)) == nullptr) fail(node, "divides by what depends on the image; a constant is expected");
  std::vector<float> inverse = floats(node, 1);
  for (float& value : inverse) {
    value = 1 / value;
    if (!std::isfinite(value)) fail(node, "divides by 0; another number is expected");
  }
  multiply_constant(node, 0, inverse, constant(node.input(1))->shape);
}

void Lowering::multiply(const OnnxNode& node) {
  for (size_t i = 0; i < 2; ++i)
    if (const OnnxTensor* tensor = constant(node.input(i)))
      return multiply_constant(node, 1 - i, floats(node, i), tensor->shape);
  Activation a = operand(node, 0), b = operand(node, 1);
  const bool first_is_factor = shape(a).height * shape(a).width < shape(b).height * shape(b).width;
  if (first_is_factor) std::swap(a, b);
  multiply_maps(node, std::move(a), std::move(b));
}

/// x sigmoid(x) and x hard_sigmoid(x) become one operation; else b is a map like a, or one factor a channel.
void Lowering::multiply_maps(const OnnxNode& node, Activation a, Activation b) {
  for (int turn = 0; turn < 2; ++turn, std::swap(a, b)) {
    if (b.value == 0 || a.view != b.view) continue;
    const GraphNode& producer = graph_.nodes[static_cast<size_t>(b.value) - 1];
    const auto* unary = std::get_if<UnaryOp>(&producer.operation);
    if (unary == nullptr || producer.inputs[0] != a.value) continue;
    const bool silu = unary->kind == UnaryKind::sigmoid, swish = unary->kind == UnaryKind::hard_sigmoid;
    if (!silu && !swish) continue;
    const UnaryOp op{silu ? UnaryKind::silu : UnaryKind::hard_swish};
    return define_value(node, emit(node, layer_name(node, {}, silu ? "silu" : "hard_swish"), op, {a.value}), a.view);
  }
  AxisView expected = a.view;
  if (shape(b) != shape(a))
    for (AxisFactors& dim : expected.dims)
      std::erase_if(dim, [](const AxisFactor& factor) { return factor.axis != 2; });
  if (b.view != expected)
    fail(node, fmt::format("multiplies {} by {} in another layout; one layout, or one factor a channel, is expected",
                           to_string(shape_of(a.view)), to_string(shape_of(b.view))));
  define_value(node, emit(node, layer_name(node, {}, "multiply"), MultiplyOp{}, {a.value, b.value}), a.view);
}

void Lowering::element_wise(const OnnxNode& node, const char* kind, Operation operation) {
  const Activation a = operand(node, 0);
  define_value(node, emit(node, layer_name(node, {}, kind), std::move(operation), {a.value}), a.view);
}

void Lowering::relu(const OnnxNode& node) { element_wise(node, "relu", ReluOp{}); }
void Lowering::sigmoid(const OnnxNode& node) { element_wise(node, "sigmoid", UnaryOp{UnaryKind::sigmoid}); }
void Lowering::hyperbolic_tangent(const OnnxNode& node) { element_wise(node, "tanh", UnaryOp{UnaryKind::tanh}); }
void Lowering::hard_swish(const OnnxNode& node) { element_wise(node, "hard_swish", UnaryOp{UnaryKind::hard_swish}); }

void Lowering::gelu_node(const OnnxNode& node) {
  if (node.text("approximate", "none") != "none")
    fail(node, fmt::format("approximate {}; none is expected", node.text("approximate", "none")));
  const Activation a = operand(node, 0);
  define_value(node, emit(node, layer_name(node, {""}, "gelu"), GeluOp{}, {a.value}), a.view);
}

void Lowering::hard_sigmoid(const OnnxNode& node) {
  const float alpha = node.real("alpha", 0.2F), beta = node.real("beta", 0.5F);
  if (std::abs(alpha - 1.0F / 6) > 1e-6F || beta != 0.5F)
    fail(node, fmt::format("alpha {} and beta {}; 1/6 and 1/2 are expected", alpha, beta));
  element_wise(node, "hard_sigmoid", UnaryOp{UnaryKind::hard_sigmoid});
}

void Lowering::clip(const OnnxNode& node) {
  const auto bound = [&](size_t input) -> std::optional<float> {
    if (node.input(input).empty()) return {};
    const std::vector<float>& values = floats(node, input);
    if (values.size() != 1) fail(node, "bounds of several numbers; one each is expected");
    return values[0];
  };
  const std::optional<float> low = bound(1), high = bound(2);
  const bool unbounded = !high || *high >= 3e38F;
  if (low != 0.0F || (!unbounded && *high != 6.0F))
    fail(node, fmt::format("bounds {} and {}; 0 and 6 (ReLU6), or 0 alone (ReLU), are expected",
                           low ? fmt::format("{}", *low) : "none", high ? fmt::format("{}", *high) : "none"));
  if (unbounded) relu(node);
  else element_wise(node, "relu6", UnaryOp{UnaryKind::relu6});
}

void Lowering::softmax(const OnnxNode& node) {
  const Activation a = operand(node, 0);
  constexpr int64_t opset_of_axis_alone = 13;  // before, the tensor was flattened from the axis on
  const bool flattens = model_.opset < opset_of_axis_alone;
  const size_t axis = resolve_axis(model_.where(node), node.integer("axis", flattens ? 1 : -1), a.view.dims.size());
  const FeatureShape from = shape(a);
  const bool last = axis + 1 == a.view.dims.size();
  if (a.view.dims[axis] != whole_axis(2, from.channels) || (flattens && !last))
    fail(node, fmt::format("over axis {} of {}; the channels or keys of each position are expected", axis,
                           to_string(shape_of(a.view))));
  define_value(node, emit(node, layer_name(node, {}, "softmax"), SoftmaxOp{}, {a.value}), a.view);
}

void Lowering::layer_normalization(const OnnxNode& node) {
  const Activation a = operand(node, 0);
  const int channels = shape(a).channels;
  const float epsilon = node.real("epsilon", 1e-5F);
  if (epsilon < 0 || node.integer("stash_type", 1) != 1)
    fail(node, fmt::format("epsilon {} and stash_type {}; at least 0, and 1 (fp32), are expected", epsilon,
                           node.integer("stash_type", 1)));
  const size_t axis = resolve_axis(model_.where(node), node.integer("axis", -1), a.view.dims.size());
  const bool last = joined(a.view, axis, a.view.dims.size()) == whole_axis(2, channels);
  if (!last || node.outputs.size() != 1)
    fail(node, fmt::format("over {} from axis {} on; the channels of each position, and one output, are expected",
                           to_string(shape_of(a.view)), axis));
  const auto parameter = [&](size_t input, float otherwise) {
    Tensor tensor = zeros(Shape{channels});
    std::fill(tensor.data.begin(), tensor.data.end(), otherwise);
    if (node.input(input).empty()) return tensor;
    const std::vector<float>& values = floats(node, input);
    if (values.size() == tensor.data.size()) tensor.data = values;
    else if (values.size() == 1) std::fill(tensor.data.begin(), tensor.data.end(), values[0]);
    else fail(node, fmt::format("{} values in input {}; {} are expected", values.size(), input, channels));
    return tensor;
  };
  LayerNormOp op{parameter(1, 1), parameter(2, 0), epsilon};
  const std::string name = layer_name(node, {node.input(1), node.input(2)}, "layer_norm");
  define_value(node, emit(node, name, std::move(op), {a.value}), a.view);
}

}  // namespace tram
