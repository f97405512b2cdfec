#pragma once
#include "models/network/onnx/onnx_model.hpp"

namespace tram {

// Attributes and integer arguments of ONNX operators, resolved against the shape of the tensor. `where` names the node
// in the InputError of what does not fit.

/// The number of elements of a shape; InputError above 2^25 or the limit given, or above 16 dimensions.
int64_t checked_elements(const std::string& where, const Shape& shape, int64_t most = int64_t{1} << 25);

/// axis counted from the end when negative; must lie in 0 .. rank - 1.
size_t resolve_axis(const std::string& where, int64_t axis, size_t rank);
std::vector<size_t> resolve_axes(const std::string& where, const std::vector<int64_t>& axes, size_t rank);

/// The integers of a constant argument.
const std::vector<int64_t>& integers_of(const std::string& where, const OnnxTensor& tensor);

/// Reshape: 0 copies the extent (unless allow_zero), one -1 takes what is left; the element counts must agree.
Shape resolve_reshape(const std::string& where, const std::vector<int64_t>& target, const Shape& from, bool allow_zero);

/// Flatten: two dimensions, split before axis.
Shape flattened_shape(const std::string& where, int64_t axis, const Shape& from);

/// Shape: the extents from attribute start to attribute end (all of them when left out).
Shape listed_extents(const OnnxNode& node, const Shape& from);

/// Squeeze (all of extent 1 when axes is empty) and Unsqueeze.
Shape squeezed_shape(const std::string& where, const std::vector<int64_t>& axes, const Shape& from);
Shape unsqueezed_shape(const std::string& where, const std::vector<int64_t>& axes, const Shape& from);

/// The order of Transpose; reversed when the node has none.
std::vector<size_t> resolve_permutation(const std::string& where, const std::vector<int64_t>& permutation, size_t rank);

/// Indices first, first + step, ... of one axis, count of them.
struct SliceRange {
  size_t axis = 0;
  int64_t first = 0, count = 0, step = 1;
};

/// The ranges of a Slice node; axes and steps are empty when left out.
std::vector<SliceRange> resolve_slice(const std::string& where, const std::vector<int64_t>& starts,
                                      const std::vector<int64_t>& ends, std::vector<int64_t> axes,
                                      std::vector<int64_t> steps, const Shape& from);

/// The shape that two shapes broadcast to.
Shape broadcast_shape(const std::string& where, const Shape& a, const Shape& b);

/// Indices into a tensor of shape `from` that broadcasting puts at the elements of `shape`, in row-major order.
std::vector<int64_t> broadcast_indices(const std::string& where, const Shape& from, const Shape& shape);

}  // namespace tram
