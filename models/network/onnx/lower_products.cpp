#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/network/onnx/lowering.hpp"
#include "models/network/onnx/node_inputs.hpp"
#include "models/support/error.hpp"

// Convolutions, linear layers, batch norm, and the two products of attention.

namespace tram {
namespace {

Tensor matrix_transposed(const std::vector<float>& values, int64_t rows, int64_t columns) {
  Tensor result = zeros(Shape{columns, rows});
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      result.data[static_cast<size_t>(c * rows + r)] = values[static_cast<size_t>(r * columns + c)];
  return result;
}

/// The heads of a tensor [heads, tokens, depth] (depth_dim: where depth is) cut out of channels; 0 when it is none.
int64_t heads_of(const Activation& a, const FeatureShape& shape, size_t token_dim, size_t depth_dim) {
  const size_t rank = a.view.dims.size();
  if (rank < 2 || shape.width != 1 || a.view.dims[token_dim] != whole_axis(0, shape.height)) return 0;
  const AxisFactors batch = joined(a.view, 0, rank - 2);
  const int64_t heads = batch.empty() ? 1 : batch[0].size, depth = shape.channels / heads;
  AxisFactors expected;
  if (heads > 1) expected = {{2, depth, heads}};
  const bool whole = heads * depth == shape.channels && batch == expected;
  return whole && a.view.dims[depth_dim] == whole_axis(2, depth) ? heads : 0;
}

}  // namespace

void Lowering::convolution(const OnnxNode& node) {
  const Activation a = map_operand(node);
  const std::vector<float>& values = floats(node, 1);
  check_dilations(node);
  ConvolutionOp op;
  op.weight = {constant(node.input(1))->shape, values};
  if (op.weight.shape.size() != 4)
    fail(node, fmt::format("weight of shape {}; four dimensions are expected", to_string(op.weight.shape)));
  const std::vector<int64_t> size(op.weight.shape.begin() + 2, op.weight.shape.end());
  if (const std::vector<int64_t> declared = node.integers("kernel_shape", size); declared != size)
    fail(node, fmt::format("kernel_shape {} with a weight of shape {}; equal ones are expected", declared,
                           to_string(op.weight.shape)));
  if (!node.input(2).empty()) {
    op.bias.data = floats(node, 2);
    op.bias.shape = constant(node.input(2))->shape;
    if (op.bias.shape != Shape{op.weight.shape[0]})
      fail(node, fmt::format("bias of shape {}; [{}] is expected", to_string(op.bias.shape), op.weight.shape[0]));
  }
  const int64_t groups = node.integer("group", 1);
  if (groups < 1 || groups > shape(a).channels)
    fail(node, fmt::format("{} groups; 1 .. {} are expected", groups, shape(a).channels));
  op.groups = static_cast<int>(groups);
  op.stride = square(node, "strides", node.integers("strides", {1, 1}));
  op.padding = padding(node, {shape(a), size, op.stride});
  spend(node, element_count(op.weight.shape));
  const int64_t taps = op.weight.shape[1] * size[0] * size[1];
  const std::string name = layer_name(node, {node.input(1), node.input(2)}, "conv");
  const int value = emit(node, name, std::move(op), {a.value});
  constexpr int64_t max_taps = int64_t{1} << 30;
  if (const int64_t positions = shapes_.back().size() / shapes_.back().channels; positions * taps > max_taps)
    fail(node, fmt::format("{} positions of {} taps; at most 2^30 taps in all are expected", positions, taps));
  if (!stem(node.input(1)).empty()) named_by_parameter_.insert(value);
  define_value(node, value, nchw_view(shapes_.back()));
}

void Lowering::batch_normalization(const OnnxNode& node) {
  const Activation a = operand(node, 0);
  if (a.view.dims.size() < 2 || a.view.dims[1] != whole_axis(2, shape(a).channels))
    fail(node, "axis 1 is not that of the channels; a tensor [1, channels, ...] is expected");
  if (node.integer("training_mode", 0) != 0 || node.outputs.size() > 1)
    fail(node, "exported for training; a model exported for inference is expected");
  const auto parameter = [&](size_t input) { return Tensor{constant(node.input(input))->shape, floats(node, input)}; };
  for (size_t input = 1; input < 5; ++input) floats(node, input);
  BatchNormOp op{parameter(1), parameter(2), parameter(3), parameter(4), node.real("epsilon", 1e-5F)};
  for (const float variance : op.variance.data)
    if (!(op.epsilon >= 0 && variance + op.epsilon > 0))
      fail(node, fmt::format("variance {} and epsilon {}; a sum above 0 is expected", variance, op.epsilon));
  const std::string name = layer_name(node, {node.input(1), node.input(2)}, "batch_norm");
  define_value(node, emit(node, name, std::move(op), {a.value}), a.view);
}

void Lowering::gemm(const OnnxNode& node) {
  const std::vector<float>& values = floats(node, 1);
  const Shape& b = constant(node.input(1))->shape;
  const float alpha = node.real("alpha", 1), beta = node.real("beta", 1);
  if (node.integer("transA", 0) != 0 || b.size() != 2)
    fail(node, fmt::format("transA {} and a matrix of shape {}; 0 and two dimensions are expected",
                           node.integer("transA", 0), to_string(b)));
  Tensor weight = node.integer("transB", 0) != 0 ? Tensor{b, values} : matrix_transposed(values, b[0], b[1]);
  for (float& value : weight.data) value *= alpha;
  Tensor bias;
  if (!node.input(2).empty()) {
    bias = zeros(Shape{weight.shape[0]});
    const std::vector<float>& from = floats(node, 2);
    const std::vector<int64_t> indices =
        broadcast_indices(model_.where(node), constant(node.input(2))->shape, {1, weight.shape[0]});
    for (size_t i = 0; i < indices.size(); ++i) bias.data[i] = beta * from[static_cast<size_t>(indices[i])];
  }
  linear(node, std::move(weight), std::move(bias));
}

void Lowering::matrix_product(const OnnxNode& node) {
  const OnnxTensor* b = constant(node.input(1));
  if (b == nullptr) return attention_product(node);
  const std::vector<float>& values = floats(node, 1);
  if (b->shape.size() != 2)
    fail(node, fmt::format("by a constant of shape {}; a matrix is expected", to_string(b->shape)));
  linear(node, matrix_transposed(values, b->shape[0], b->shape[1]), {});
}

/// A product of the last dimension with a constant: a linear layer when that is the channels of each position, a
/// convolution as large as the map when it is the whole map.
void Lowering::linear(const OnnxNode& node, Tensor weight, Tensor bias) {
  const Activation a = operand(node, 0);
  const FeatureShape from = shape(a);
  const size_t rank = a.view.dims.size();
  const std::string name = layer_name(node, {node.input(1), node.input(2)}, "linear");
  const int64_t out = weight.shape[0];
  spend(node, element_count(weight.shape));
  AxisView view = a.view;
  int value = 0;
  if (rank > 0 && a.view.dims[rank - 1] == whole_axis(2, from.channels)) {
    view.dims[rank - 1] = whole_axis(2, out);
    value = emit(node, name, LinearOp{std::move(weight), std::move(bias)}, {a.value});
  } else if (rank > 0 && joined(a.view, 0, rank - 1).empty() && weight.shape[1] == from.size()) {
    const std::vector<int64_t> offsets = data_offsets(a.view, from);
    ConvolutionOp op{zeros(Shape{out, from.channels, from.height, from.width}), std::move(bias), 1, 0, 1};
    for (int64_t o = 0; o < out; ++o)
      for (int64_t i = 0; i < from.size(); ++i) {
        const int64_t position = offsets[static_cast<size_t>(i)] / from.channels;
        const int64_t channel = offsets[static_cast<size_t>(i)] % from.channels;
        op.weight.data[static_cast<size_t>((o * from.channels + channel) * from.height * from.width + position)] =
            weight.data[static_cast<size_t>(o * from.size() + i)];
      }
    view.dims[rank - 1] = whole_axis(2, out);
    value = emit(node, name, std::move(op), {a.value});
  } else {
    fail(node, fmt::format("multiplies {} by a matrix of {} rows; the channels of each position, or a whole map, are "
                           "expected",
                           to_string(shape_of(a.view)), weight.shape[1]));
  }
  if (!stem(node.input(1)).empty() || !stem(node.input(2)).empty()) named_by_parameter_.insert(value);
  define_value(node, value, std::move(view));
}

void Lowering::attention_product(const OnnxNode& node) {
  const auto as_tokens = [&](const Activation& a) {
    AxisFactors positions = whole_axis(0, shape(a).height);
    for (const AxisFactor& factor : whole_axis(1, shape(a).width)) positions.push_back(factor);
    const bool is_map = shape(a).width > 1 && std::count(a.view.dims.begin(), a.view.dims.end(), positions) > 0;
    return is_map ? with_token_rows(node, a) : a;
  };
  const Activation a = as_tokens(raw_operand(node, 0)), b = as_tokens(raw_operand(node, 1));
  if (!attention_scores(node, a, b) && !attention_context(node, a, b))
    fail(node, fmt::format("multiplies {} by {}, both from the image; the products of attention (queries by keys, "
                           "probabilities by values, head by head) are expected",
                           to_string(shape_of(a.view)), to_string(shape_of(b.view))));
}

/// [heads, tokens, depth] by [heads, depth, keys].
bool Lowering::attention_scores(const OnnxNode& node, const Activation& q, const Activation& k) {
  const size_t rank = q.view.dims.size();
  if (rank < 2 || k.view.dims.size() != rank || q.row_step != 1 || k.row_step != 1) return false;
  const int64_t heads = heads_of(q, shape(q), rank - 2, rank - 1);
  if (heads == 0 || heads != heads_of(k, shape(k), rank - 1, rank - 2)) return false;
  if (shape(q).channels != shape(k).channels) return false;
  const AttentionScoresOp op{static_cast<int>(heads), q.scale * k.scale};
  const int value = emit(node, layer_name(node, {}, "scores"), op, {q.value, k.value});
  AxisView view;
  for (size_t i = 0; i + 2 < rank; ++i)
    view.dims.push_back(q.view.dims[i].empty() ? AxisFactors{} : whole_axis(1, heads));
  view.dims.push_back(whole_axis(0, shape(q).height));
  view.dims.push_back(whole_axis(2, shape(k).height));
  define_value(node, value, std::move(view));
  return true;
}

/// [heads, tokens, keys] by [heads, keys, depth].
bool Lowering::attention_context(const OnnxNode& node, const Activation& p_in, const Activation& v_in) {
  const size_t rank = p_in.view.dims.size();
  if (rank < 2 || v_in.view.dims.size() != rank) return false;
  const Activation p = settled(node, p_in), v = settled(node, v_in);
  const FeatureShape from = shape(p), values = shape(v);
  const int64_t heads = heads_of(v, values, rank - 2, rank - 1);
  const bool fits =
      heads == from.width && from.channels == values.height && joined(p.view, 0, rank - 2) == whole_axis(1, heads) &&
      p.view.dims[rank - 2] == whole_axis(0, from.height) && p.view.dims[rank - 1] == whole_axis(2, from.channels);
  if (heads == 0 || !fits) return false;
  const AttentionContextOp op{static_cast<int>(heads)};
  const int value = emit(node, layer_name(node, {}, "context"), op, {p.value, v.value});
  AxisView view = v.view;
  view.dims[rank - 2] = whole_axis(0, from.height);
  define_value(node, value, std::move(view));
  return true;
}

}  // namespace tram
