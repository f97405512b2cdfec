#include <fmt/format.h>

#include "models/network/onnx/lowering.hpp"
#include "models/network/onnx/node_inputs.hpp"
#include "models/support/error.hpp"

// Operators that move no value, or take a part of a tensor.

namespace tram {

void Lowering::pass_through(const OnnxNode& node) { define(node, raw_operand(node, 0)); }

/// Dropout is the identity in inference; input 2 says whether it drops values.
void Lowering::dropout(const OnnxNode& node) {
  const OnnxTensor* training = constant(node.input(2));
  const bool trains = !node.input(2).empty() &&
                      (training == nullptr || training->is_float() || training->integers() != std::vector<int64_t>{0});
  const bool mask_read = node.outputs.size() > 1 && reader_count(node.outputs[1]) > 0;
  if (trains || mask_read) fail(node, "exported for training; a model exported for inference is expected");
  pass_through(node);
}

void Lowering::cast(const OnnxNode& node) {
  constexpr int64_t fp32 = 1;
  if (node.integer("to", 0) != fp32)
    fail(node, fmt::format("casts to type {}; FLOAT (1) is expected", node.integer("to", 0)));
  pass_through(node);
}

void Lowering::shape_of_tensor(const OnnxNode& node) {
  const Shape shape = listed_extents(node, shape_of(raw_operand(node, 0).view));
  model_.constants[node.outputs[0]] = {{static_cast<int64_t>(shape.size())}, shape};
}

void Lowering::define_reshaped(const OnnxNode& node, const Shape& to) {
  Activation a = raw_operand(node, 0);
  std::optional<AxisView> view = reshaped(a.view, to);
  if (!view)
    fail(node, fmt::format("reshapes {} to {}, which cuts an axis unevenly; whole parts of axes are expected",
                           to_string(shape_of(a.view)), to_string(to)));
  a.view = std::move(*view);
  define(node, a);
}

void Lowering::reshape(const OnnxNode& node) {
  const Shape from = shape_of(raw_operand(node, 0).view);
  std::vector<int64_t> target = integers(node, 1, "shape");
  if (batch_ > 1 && !target.empty() && target[0] == batch_) target[0] = 1;  // one image of a batch that the file fixes
  define_reshaped(node, resolve_reshape(model_.where(node), target, from, node.integer("allowzero", 0) != 0));
}

void Lowering::flatten(const OnnxNode& node) {
  define_reshaped(node,
                  flattened_shape(model_.where(node), node.integer("axis", 1), shape_of(raw_operand(node, 0).view)));
}

void Lowering::squeeze(const OnnxNode& node) {
  define_reshaped(node,
                  squeezed_shape(model_.where(node), integers(node, 1, "axes"), shape_of(raw_operand(node, 0).view)));
}

void Lowering::unsqueeze(const OnnxNode& node) {
  define_reshaped(node,
                  unsqueezed_shape(model_.where(node), integers(node, 1, "axes"), shape_of(raw_operand(node, 0).view)));
}

void Lowering::transpose(const OnnxNode& node) {
  Activation a = raw_operand(node, 0);
  a.view = transposed(a.view, resolve_permutation(model_.where(node), node.integers("perm", {}), a.view.dims.size()));
  define(node, a);
}

void Lowering::split(const OnnxNode& node) {
  const Activation a = raw_operand(node, 0);
  const Shape from = shape_of(a.view);
  const size_t axis = resolve_axis(model_.where(node), node.integer("axis", 0), from.size());
  std::vector<int64_t> sizes = integers(node, 1, "split");
  const auto parts = static_cast<int64_t>(node.outputs.size());
  if (node.integer("num_outputs", parts) != parts || (node.has("num_outputs") && !sizes.empty()))
    fail(node, fmt::format("num_outputs {} with {} sizes and {} outputs; its number of outputs, or sizes, are expected",
                           node.integer("num_outputs", parts), sizes.size(), parts));
  if (sizes.empty() && from[axis] % parts == 0) sizes.assign(node.outputs.size(), from[axis] / parts);
  int64_t total = 0;
  for (const int64_t size : sizes) total += size > 0 && size <= from[axis] ? size : from[axis] + 1;
  if (sizes.size() != node.outputs.size() || total != from[axis])
    fail(node, fmt::format("splits axis {} of {} into {} parts; sizes that add up to it are expected", axis,
                           to_string(from), parts));
  int64_t first = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (reader_count(node.outputs[i]) > 0) define(node, narrowed(node, a, axis, first, sizes[i]), i);
    first += sizes[i];
  }
}

void Lowering::slice(const OnnxNode& node) {
  Activation a = raw_operand(node, 0);
  for (const SliceRange& range :
       resolve_slice(model_.where(node), integers(node, 1, "starts"), integers(node, 2, "ends"),
                     integers(node, 3, "axes"), integers(node, 4, "steps"), shape_of(a.view))) {
    if (range.step == 1) a = narrowed(node, std::move(a), range.axis, range.first, range.count);
    else if (range.step > 1 && range.first == 0)
      a = subsampled(node, std::move(a), range.axis, range.count, range.step);
    else
      fail(node, fmt::format("takes indices from {} on in steps of {}; steps of 1, or positive ones from 0 on, are "
                             "expected",
                             range.first, range.step));
  }
  define(node, a);
}

void Lowering::gather(const OnnxNode& node) {
  Activation a = raw_operand(node, 0);
  const std::string where = model_.where(node);
  const size_t axis = resolve_axis(where, node.integer("axis", 0), a.view.dims.size());
  const OnnxTensor* indices = constant(node.input(1));
  if (indices == nullptr || element_count(indices->shape) != 1 || indices->shape.size() > 1)
    fail(node, "several indices, or ones that depend on the image; one constant index is expected");
  const auto extent = static_cast<size_t>(shape_of(a.view)[axis]);
  const auto index = static_cast<int64_t>(resolve_axis(where, integers_of(where, *indices)[0], extent));
  a = narrowed(node, std::move(a), axis, index, 1);
  if (indices->shape.empty()) a.view.dims.erase(a.view.dims.begin() + static_cast<int64_t>(axis));
  define(node, a);
}

/// Indices first .. first + count - 1 of one dimension: a range of channels, or one token.
Activation Lowering::narrowed(const OnnxNode& node, Activation a, size_t dim, int64_t first, int64_t count) {
  const int64_t extent = shape_of(a.view)[dim];
  if (first == 0 && count == extent) return a;
  a = settled(node, std::move(a));
  if (a.view.dims[dim].size() == 2) a = with_token_rows(node, std::move(a));
  AxisFactors& factors = a.view.dims[dim];
  const FeatureShape from = shape(a);
  const bool channels =
      factors.size() == 1 && factors[0].axis == 2 && factors[0].stride * factors[0].size == from.channels && count > 0;
  const bool token = factors == whole_axis(0, from.height) && from.width == 1 && count == 1;
  if (channels) {
    const SliceChannelsOp op{static_cast<int>(first * factors[0].stride), static_cast<int>(count * factors[0].stride)};
    factors[0].size = count;
    if (count == 1) factors.clear();
    a.value = emit(node, layer_name(node, {}, "slice"), op, {a.value});
  } else if (token) {
    factors.clear();
    a.value = emit(node, layer_name(node, {}, "token"), SelectTokenOp{static_cast<int>(first)}, {a.value});
  } else {
    fail(node, fmt::format("takes indices {} .. {} of axis {} of {}; a range of channels, or one token, is expected",
                           first, first + count - 1, dim, to_string(shape_of(a.view))));
  }
  a.exclusive = true;
  return a;
}

/// Subsampling to every step-th row or column of a map, done when the next operator is known (see pad).
Activation Lowering::subsampled(const OnnxNode& node, Activation a, size_t dim, int64_t count, int64_t step) {
  AxisFactors& factors = a.view.dims[dim];
  const FeatureShape from = shape(a);
  const bool rows = factors == whole_axis(0, from.height) && a.row_step == 1;
  const bool columns = factors == whole_axis(1, from.width) && a.column_step == 1;
  if (factors.empty() || (!rows && !columns))
    fail(node, fmt::format("takes every {}. index of axis {}; rows and columns of a map are expected", step, dim));
  (rows ? a.row_step : a.column_step) = static_cast<int>(step);
  factors = whole_axis(rows ? 0 : 1, count);
  return a;
}

/// A constant token, or several, before a sequence.
void Lowering::concat(const OnnxNode& node) {
  if (node.inputs.size() != 2 || constant(node.input(0)) == nullptr)
    fail(node, "joins tensors that depend on the image; a constant before a sequence of tokens is expected");
  Activation a = with_token_rows(node, operand(node, 1));
  const size_t axis = resolve_axis(model_.where(node), node.integer("axis", 0), a.view.dims.size());
  const FeatureShape from = shape(a);
  const OnnxTensor& tokens = *constant(node.input(0));
  Shape expected = shape_of(a.view);
  const bool fits = tokens.shape.size() == expected.size() && a.view.dims[axis] == whole_axis(0, from.height) &&
                    a.view.dims.back() == whole_axis(2, from.channels) && axis + 1 < expected.size();
  const int64_t count = fits ? tokens.shape[axis] : 0;
  expected[axis] = count;
  if (!fits || tokens.shape != expected || count < 1)
    fail(node, fmt::format("joins {} and {} along axis {}; a constant token before a sequence is expected",
                           to_string(tokens.shape), to_string(shape_of(a.view)), axis));
  const auto found = origin_.find(node.input(0));
  const std::string& name = found != origin_.end() ? found->second : node.input(0);
  const std::vector<float>& values = floats(node, 0);
  for (int64_t t = count; t-- > 0;) {
    const auto begin = values.begin() + t * from.channels;
    PrependTokenOp op{{{from.channels}, {begin, begin + from.channels}}};
    a.value = emit(node, name.starts_with('/') ? layer_name(node, {}, "prepend") : name, std::move(op), {a.value});
  }
  a.view.dims[axis] = whole_axis(0, from.height + count);
  define_value(node, a.value, a.view);
}

/// The pads of every dimension: those of the axes of input 3, 0 elsewhere.
std::vector<int64_t> Lowering::all_pads(const OnnxNode& node, size_t rank) const {
  std::vector<int64_t> given = integers(node, 1, "pads");
  if (node.input(3).empty()) return given;
  const std::vector<int64_t> axes = integers(node, 3, "axes");
  resolve_axes(model_.where(node), axes, rank);
  if (given.size() != 2 * axes.size())
    fail(node, fmt::format("{} pads of {} axes; two an axis are expected", given.size(), axes.size()));
  std::vector<int64_t> pads(2 * rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t axis = resolve_axis(model_.where(node), axes[i], rank);
    pads[axis] = given[i];
    pads[rank + axis] = given[axes.size() + i];
  }
  return pads;
}

/// Channels of zeros around those of a subsampled map (option A shortcut), or no padding at all.
void Lowering::pad(const OnnxNode& node) {
  Activation a = raw_operand(node, 0);
  const size_t rank = a.view.dims.size();
  const std::vector<int64_t> pads = all_pads(node, rank);
  const OnnxTensor* filler = constant(node.input(2));
  const bool zero = filler == nullptr || (filler->is_float() && filler->floats() == std::vector<float>{0});
  if (node.text("mode", "constant") != "constant" || !zero || pads.size() != 2 * rank)
    fail(node, "pads with other values than 0; zeros are expected");
  const int channels = shape(a).channels;
  int64_t before = 0, after = 0;
  for (size_t i = 0; i < rank; ++i) {
    if (pads[i] == 0 && pads[rank + i] == 0) continue;
    constexpr int64_t most = 1 << 20;
    const bool fits = a.view.dims[i] == whole_axis(2, channels) && pads[i] >= 0 && pads[i] <= most &&
                      pads[rank + i] >= 0 && pads[rank + i] <= most && a.row_step == a.column_step;
    if (!fits || (channels == 1 && i != 1))
      fail(node, fmt::format("pads axis {} by {} and {}; channels alone are expected (convolutions and pools have "
                             "padding of their own)",
                             i, pads[i], pads[rank + i]));
    before = pads[i];
    after = pads[rank + i];
    a.view.dims[i] = whole_axis(2, channels + before + after);
  }
  if (before == 0 && after == 0) return define(node, a);
  if (before != (before + after) / 2)
    fail(node, fmt::format("pads channels by {} and {}; the same on both sides is expected", before, after));
  const SubsampleOp op{a.row_step, static_cast<int>(channels + before + after)};
  a.row_step = a.column_step = 1;
  a = settled(node, std::move(a));
  define_value(node, emit(node, layer_name(node, {}, "shortcut"), op, {a.value}), a.view);
}

}  // namespace tram
