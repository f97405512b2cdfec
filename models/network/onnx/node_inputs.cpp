#include "models/network/onnx/node_inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// Steps of slices and elements of computed constants and of views stay below this, so that a broken file cannot fill
/// the memory.
constexpr int64_t max_elements = int64_t{1} << 25;
constexpr size_t max_dimensions = 16;

void check_dimensions(const std::string& where, size_t rank) {
  if (rank > max_dimensions)
    throw InputError(where, fmt::format("{} dimensions; at most {} are expected", rank, max_dimensions));
}

/// Start or end of a slice as an index, from the end when negative, kept in low .. high.
int64_t slice_bound(int64_t value, int64_t extent, int64_t low, int64_t high) {
  if (value < 0 && value >= -extent) return std::clamp(value + extent, low, high);
  if (value < 0) return low;
  return std::clamp(value, low, high);
}

}  // namespace

int64_t checked_elements(const std::string& where, const Shape& shape, int64_t most) {
  check_dimensions(where, shape.size());
  int64_t count = 1;  // without extents of 0, so that the others stay within the limit beside one
  for (const int64_t extent : shape) {
    if (extent < 0 || (extent > 0 && count > most / extent))
      throw InputError(where, fmt::format("shape {}; at most 2^{} elements are expected", to_string(shape),
                                          std::bit_width(static_cast<uint64_t>(most)) - 1));
    count *= std::max<int64_t>(extent, 1);
  }
  return element_count(shape);
}

size_t resolve_axis(const std::string& where, int64_t axis, size_t rank) {
  const auto dims = static_cast<int64_t>(rank);
  if (axis < -dims || axis >= dims)
    throw InputError(
        where, fmt::format("axis {} of a tensor of {} dimensions; {} .. {} is expected", axis, rank, -dims, dims - 1));
  return static_cast<size_t>(axis < 0 ? axis + dims : axis);
}

std::vector<size_t> resolve_axes(const std::string& where, const std::vector<int64_t>& axes, size_t rank) {
  std::vector<size_t> resolved;
  for (const int64_t axis : axes) resolved.push_back(resolve_axis(where, axis, rank));
  std::sort(resolved.begin(), resolved.end());
  if (std::adjacent_find(resolved.begin(), resolved.end()) != resolved.end())
    throw InputError(where, fmt::format("axes {}; different ones are expected", axes));
  return resolved;
}

const std::vector<int64_t>& integers_of(const std::string& where, const OnnxTensor& tensor) {
  if (tensor.is_float()) throw InputError(where, "an argument of floating-point numbers; integers are expected");
  return tensor.integers();
}

Shape resolve_reshape(const std::string& where, const std::vector<int64_t>& target, const Shape& from,
                      bool allow_zero) {
  check_dimensions(where, target.size());
  Shape shape;
  int64_t known = 1, open = -1;
  const int64_t elements = checked_elements(where, from);
  const auto fail = [&] {
    throw InputError(where, fmt::format("reshapes {} to {}; as many elements are expected", to_string(from), target));
  };
  for (size_t i = 0; i < target.size(); ++i) {
    int64_t extent = target[i];
    if (extent == 0 && !allow_zero) extent = i < from.size() ? from[i] : -2;
    if (extent < -1 || (extent == -1 && open >= 0)) fail();
    if (extent == -1) open = static_cast<int64_t>(i);
    shape.push_back(extent);
    if (extent > 0 && known > max_elements / extent) fail();
    if (extent != -1) known *= extent;
  }
  if (open >= 0) {
    if (known == 0 || elements % known != 0) fail();
    shape[static_cast<size_t>(open)] = elements / known;
  } else if (known != elements) {
    fail();
  }
  return shape;
}

Shape flattened_shape(const std::string& where, int64_t axis, const Shape& from) {
  const size_t split = axis == static_cast<int64_t>(from.size()) ? from.size() : resolve_axis(where, axis, from.size());
  const Shape before(from.begin(), from.begin() + static_cast<int64_t>(split));
  const Shape after(from.begin() + static_cast<int64_t>(split), from.end());
  return {element_count(before), element_count(after)};
}

Shape listed_extents(const OnnxNode& node, const Shape& from) {
  const auto rank = static_cast<int64_t>(from.size());
  const int64_t first = slice_bound(node.integer("start", 0), rank, 0, rank);
  const int64_t end = slice_bound(node.integer("end", rank), rank, 0, rank);
  return {from.begin() + first, from.begin() + std::max(first, end)};
}

Shape squeezed_shape(const std::string& where, const std::vector<int64_t>& axes, const Shape& from) {
  const std::vector<size_t> gone = resolve_axes(where, axes, from.size());
  Shape shape;
  for (size_t i = 0; i < from.size(); ++i) {
    const bool squeezed = axes.empty() ? from[i] == 1 : std::binary_search(gone.begin(), gone.end(), i);
    if (squeezed && from[i] != 1)
      throw InputError(where, fmt::format("squeezes axis {} of {}; an extent of 1 is expected", i, to_string(from)));
    if (!squeezed) shape.push_back(from[i]);
  }
  return shape;
}

Shape unsqueezed_shape(const std::string& where, const std::vector<int64_t>& axes, const Shape& from) {
  const size_t rank = from.size() + axes.size();
  check_dimensions(where, rank);
  const std::vector<size_t> added = resolve_axes(where, axes, rank);
  Shape shape;
  auto next = from.begin();
  for (size_t i = 0; i < rank; ++i) shape.push_back(std::binary_search(added.begin(), added.end(), i) ? 1 : *next++);
  return shape;
}

std::vector<size_t> resolve_permutation(const std::string& where, const std::vector<int64_t>& permutation,
                                        size_t rank) {
  std::vector<size_t> order;
  for (size_t i = 0; i < rank; ++i) order.push_back(rank - 1 - i);
  if (permutation.empty()) return order;
  std::vector<size_t> sorted = resolve_axes(where, permutation, rank);
  if (sorted.size() != rank)
    throw InputError(where,
                     fmt::format("permutation {} of {} dimensions; all of them are expected", permutation, rank));
  for (size_t i = 0; i < rank; ++i) order[i] = resolve_axis(where, permutation[i], rank);
  return order;
}

std::vector<SliceRange> resolve_slice(const std::string& where, const std::vector<int64_t>& starts,
                                      const std::vector<int64_t>& ends, std::vector<int64_t> axes,
                                      std::vector<int64_t> steps, const Shape& from) {
  if (axes.empty())
    for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
    throw InputError(where, "starts, ends, axes and steps of different lengths; equal ones are expected");
  resolve_axes(where, axes, from.size());
  std::vector<SliceRange> ranges;
  for (size_t i = 0; i < starts.size(); ++i) {
    const size_t axis = resolve_axis(where, axes[i], from.size());
    const int64_t extent = from[axis], step = steps[i];
    if (step == 0 || step > max_elements || step < -max_elements)
      throw InputError(where, fmt::format("step {}; a number other than 0 is expected", step));
    const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? extent : extent - 1;
    const int64_t first = slice_bound(starts[i], extent, step > 0 ? 0 : std::min<int64_t>(0, high), high);
    const int64_t end = slice_bound(ends[i], extent, low, high);
    const int64_t span = step > 0 ? end - first : first - end, stride = step > 0 ? step : -step;
    ranges.push_back({axis, first, span > 0 ? (span + stride - 1) / stride : 0, step});
  }
  return ranges;
}

Shape broadcast_shape(const std::string& where, const Shape& a, const Shape& b) {
  Shape shape(std::max(a.size(), b.size()), 1);
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t from_a = i < a.size() ? a[a.size() - 1 - i] : 1, from_b = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (from_a != from_b && from_a != 1 && from_b != 1)
      throw InputError(where, fmt::format("tensors of shapes {} and {}; ones that broadcast are expected", to_string(a),
                                          to_string(b)));
    shape[shape.size() - 1 - i] = from_a == 1 ? from_b : from_a;
  }
  checked_elements(where, shape);
  return shape;
}

std::vector<int64_t> broadcast_indices(const std::string& where, const Shape& from, const Shape& shape) {
  if (broadcast_shape(where, from, shape) != shape)
    throw InputError(where, fmt::format("a tensor of shape {} for {}; one that broadcasts to it is expected",
                                        to_string(from), to_string(shape)));
  std::vector<int64_t> indices = {0};
  std::vector<int64_t> stride(shape.size(), 0);
  int64_t elements = 1;
  for (size_t i = 0; i < from.size(); ++i) {
    const size_t axis = from.size() - 1 - i;
    if (from[axis] > 1) stride[shape.size() - 1 - i] = elements;
    elements *= from[axis];
  }
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    std::vector<int64_t> finer;
    finer.reserve(indices.size() * static_cast<size_t>(shape[axis]));
    for (const int64_t index : indices)
      for (int64_t i = 0; i < shape[axis]; ++i) finer.push_back(index + i * stride[axis]);
    indices = std::move(finer);
  }
  return indices;
}

}  // namespace tram
