#pragma once
#include <optional>
#include <vector>

#include "models/network/tensor.hpp"

namespace tram {

/// A part of one axis of a feature map (0 rows, 1 columns, 2 channels): index i of the axis has the coordinate
/// i / stride % size in it. A whole axis of n is {axis, 1, n}; channels as heads x depth are {2, depth, heads} and
/// {2, 1, depth}.
struct AxisFactor {
  int axis = 0;
  int64_t stride = 1;
  int64_t size = 1;  ///< > 1
  bool operator==(const AxisFactor&) const = default;
};

/// The factors that make up one dimension of a tensor, slowest first; none: a dimension of extent 1.
using AxisFactors = std::vector<AxisFactor>;

/// Placement of the dimensions of an ONNX tensor in the feature map that holds its values. Reshape and Transpose change
/// the view alone, and no value moves; e.g. NCHW is {}, {channels}, {rows}, {columns}, and after flattening and
/// transposing the positions {}, {rows, columns}, {channels}.
struct AxisView {
  std::vector<AxisFactors> dims;
  bool operator==(const AxisView&) const = default;
};

/// The view of a map as a tensor of shape [1, channels, height, width].
AxisView nchw_view(const FeatureShape& shape);

Shape shape_of(const AxisView& view);

/// The factors of dims first .. end - 1, one after the other, neighbours joined where they are one part of an axis.
AxisFactors joined(const AxisView& view, size_t first, size_t end);

/// View of the same elements in the same order in another shape; nothing when a new dimension would cut a factor
/// unevenly. The number of elements must be equal.
std::optional<AxisView> reshaped(const AxisView& view, const Shape& shape);

/// Dimension i of the result is dimension order[i].
AxisView transposed(const AxisView& view, const std::vector<size_t>& order);

/// The factors of a whole axis of this extent (none when it is 1).
AxisFactors whole_axis(int axis, int64_t extent);

/// Offsets in the map's data of the tensor's elements, in row-major order.
std::vector<int64_t> data_offsets(const AxisView& view, const FeatureShape& shape);

}  // namespace tram
