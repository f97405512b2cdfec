#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "models/network/feature_shape.hpp"

namespace tram {

using Shape = std::vector<int64_t>;

/// Number of elements; 1 for the empty shape (a scalar).
int64_t element_count(const Shape& shape);

/// "[16, 3, 3, 3]"
std::string to_string(const Shape& shape);

/// fp32 values in row-major order (last index fastest).
/// Feature maps have the shape [height, width, channels] (HWC), convolution weights [out, in, kernel height,
/// kernel width] (OIHW) and linear weights [out, in], as in PyTorch and ONNX files.
struct Tensor {
  Shape shape;
  std::vector<float> data;

  bool empty() const { return data.empty(); }
  bool operator==(const Tensor&) const = default;
};

/// A tensor of the shape given, all zero.
Tensor zeros(const Shape& shape);

/// A feature map of the shape given, all zero.
Tensor zeros(const FeatureShape& shape);

}  // namespace tram
