#include "models/network/tensor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tram {

int64_t element_count(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) count *= extent;
  return count;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

Tensor zeros(const Shape& shape) { return {shape, std::vector<float>(static_cast<size_t>(element_count(shape)))}; }

Tensor zeros(const FeatureShape& shape) { return zeros(Shape{shape.height, shape.width, shape.channels}); }

}  // namespace tram
