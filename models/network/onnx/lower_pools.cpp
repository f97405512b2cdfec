#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/network/onnx/lowering.hpp"
#include "models/network/onnx/node_inputs.hpp"
#include "models/support/error.hpp"

// Pools, and what convolutions and pools say about their windows.

namespace tram {

/// Input 0 as a map [1, channels, height, width].
Activation Lowering::map_operand(const OnnxNode& node) {
  Activation a = operand(node, 0);
  if (a.view != nchw_view(shape(a)))
    fail(node, fmt::format("reads {} in another layout; a map [1, channels, height, width] is expected",
                           to_string(shape_of(a.view))));
  return a;
}

/// The one number of a two-element attribute of window, stride or dilation.
int Lowering::square(const OnnxNode& node, const char* attribute, const std::vector<int64_t>& values) const {
  constexpr int64_t largest = 1 << 14;
  if (values.size() != 2 || values[0] != values[1] || values[0] < 1 || values[0] > largest)
    fail(node, fmt::format("{} {}; two equal numbers, 1 .. {}, are expected", attribute, values, largest));
  return static_cast<int>(values[0]);
}

/// The pads of an automatic padding, [top, left, bottom, right]: as many outputs as input positions a stride apart; an
/// odd one goes to the bottom and right (SAME_UPPER) or to the top and left (SAME_LOWER).
std::vector<int64_t> Lowering::automatic_pads(const OnnxNode& node, const Windows& windows) const {
  const std::string automatic = node.text("auto_pad", "NOTSET");
  if (automatic == "VALID") return {0, 0, 0, 0};
  if (automatic != "SAME_UPPER" && automatic != "SAME_LOWER")
    fail(node, fmt::format("auto_pad {}; NOTSET, VALID, SAME_UPPER or SAME_LOWER is expected", automatic));
  std::vector<int64_t> pads(4);
  for (const size_t axis : {0, 1}) {
    const int64_t in = axis == 0 ? windows.in.height : windows.in.width;
    const int64_t steps = (in + windows.stride - 1) / windows.stride - 1;
    const int64_t total = std::max<int64_t>(0, steps * windows.stride + windows.kernel[axis] - in);
    const int64_t less = total / 2, more = total - less;
    pads[axis] = automatic == "SAME_UPPER" ? less : more;
    pads[axis + 2] = total - pads[axis];
  }
  return pads;
}

int Lowering::padding(const OnnxNode& node, const Windows& windows) const {
  std::vector<int64_t> pads = node.integers("pads", {0, 0, 0, 0});
  const std::string automatic = node.text("auto_pad", "NOTSET");
  if (automatic != "NOTSET") {
    if (std::ranges::any_of(pads, [](int64_t pad) { return pad != 0; }))
      fail(node, fmt::format("pads {} beside auto_pad {}; one of them is expected", pads, automatic));
    pads = automatic_pads(node, windows);
  }
  constexpr int64_t largest = 1 << 14;
  const bool equal = std::all_of(pads.begin(), pads.end(), [&](int64_t pad) { return pad == pads[0]; });
  if (pads.size() != 4 || !equal || pads[0] < 0 || pads[0] > largest)
    fail(node, fmt::format("{}pads {}; the same on all four sides, 0 .. {}, is expected",
                           automatic == "NOTSET" ? "" : fmt::format("auto_pad {} gives ", automatic), pads, largest));
  return static_cast<int>(pads[0]);
}

void Lowering::check_dilations(const OnnxNode& node) const {
  const std::vector<int64_t> dilations = node.integers("dilations", {1, 1});
  if (dilations != std::vector<int64_t>{1, 1}) fail(node, fmt::format("dilations {}; 1 is expected", dilations));
}

void Lowering::max_pool(const OnnxNode& node) {
  const Activation a = map_operand(node);
  check_dilations(node);
  if (node.outputs.size() != 1) fail(node, "also gives indices; one output is expected");
  const int kernel = square(node, "kernel_shape", node.integers("kernel_shape", {}));
  const int stride = square(node, "strides", node.integers("strides", {1, 1}));
  const MaxPoolOp op{kernel, stride, padding(node, {shape(a), {kernel, kernel}, stride})};
  for (const int extent : {shape(a).height, shape(a).width})
    if (node.integer("ceil_mode", 0) != 0 && (extent + 2 * op.padding - op.kernel) % op.stride != 0)
      fail(node, "ceil_mode with windows that overhang the map; windows inside it are expected");
  const int value = emit(node, layer_name(node, {}, "max_pool"), op, {a.value});
  define_value(node, value, nchw_view(shapes_.back()));
}

void Lowering::average_pool(const OnnxNode& node) {
  const Activation a = map_operand(node);
  const FeatureShape from = shape(a);
  const std::vector<int64_t> kernel = node.integers("kernel_shape", {});
  check_dilations(node);
  const int stride = square(node, "strides", node.integers("strides", {1, 1}));
  if (kernel == std::vector<int64_t>{from.height, from.width} && padding(node, {from, kernel, stride}) == 0)
    return mean_over(node, a, {2, 3}, true);
  const int size = square(node, "kernel_shape", kernel);
  const AveragePoolOp op{size, stride, padding(node, {from, kernel, stride}),
                         node.integer("count_include_pad", 0) != 0};
  for (const int extent : {from.height, from.width})
    if (node.integer("ceil_mode", 0) != 0 && (extent + 2 * op.padding - op.kernel) % op.stride != 0)
      fail(node, "ceil_mode with windows that overhang the map; windows inside it are expected");
  const int value = emit(node, layer_name(node, {}, "average_pool"), op, {a.value});
  define_value(node, value, nchw_view(shapes_.back()));
}

void Lowering::global_average_pool(const OnnxNode& node) { mean_over(node, map_operand(node), {2, 3}, true); }

void Lowering::reduce_mean(const OnnxNode& node) {
  const Activation a = operand(node, 0);
  const std::vector<int64_t> axes = integers(node, 1, "axes");
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) != 0) return define(node, a);
  const std::vector<size_t> dims = resolve_axes(model_.where(node), axes, a.view.dims.size());
  mean_over(node, a, dims, node.integer("keepdims", 1) != 0);
}

/// The mean over dimensions that hold rows and columns, all of them and nothing else.
void Lowering::mean_over(const OnnxNode& node, const Activation& a, const std::vector<size_t>& dims, bool keep) {
  AxisView view;
  bool positions_only = true;
  for (size_t i = 0; i < a.view.dims.size(); ++i) {
    const bool reduced = std::binary_search(dims.begin(), dims.end(), i);
    for (const AxisFactor& factor : a.view.dims[i]) positions_only = positions_only && (factor.axis != 2) == reduced;
    if (!reduced) view.dims.push_back(a.view.dims[i]);
    if (reduced && keep) view.dims.emplace_back();
  }
  if (!positions_only)
    fail(node, fmt::format("the mean of {} over axes {}; one over all positions is expected",
                           to_string(shape_of(a.view)), dims));
  const int value = emit(node, layer_name(node, {}, "pool"), GlobalAveragePoolOp{}, {a.value});
  define_value(node, value, std::move(view));
}

}  // namespace tram
