#include "models/network/parameter_source.hpp"

#include <algorithm>
#include <cmath>

#include "models/support/error.hpp"

namespace tram {

ParameterSource parameters_of(const SafeTensors& file) {
  return [&file](const std::string& name, const Shape& shape) { return file.read(name, shape); };
}

Tensor read_finite(const SafeTensors& file, const std::string& name, const Shape& shape) {
  Tensor tensor = file.read(name, shape);
  if (!std::ranges::all_of(tensor.data, [](float value) { return std::isfinite(value); }))
    throw InputError(file.path(), fmt::format("tensor {}: values that are not finite; finite ones are expected", name));
  return tensor;
}

std::optional<std::string> first_left_over(const SafeTensors& file, const std::set<std::string>& used) {
  for (const std::string& name : file.names())
    if (!used.contains(name) && !name.ends_with(".num_batches_tracked")) return name;
  return std::nullopt;
}

int tensor_extent(const SafeTensors& file, const std::string& name, size_t rank, size_t axis) {
  const Shape& shape = file.shape(name);
  const auto fits = [](int64_t extent) { return extent >= 1 && extent <= 65536; };
  if (shape.size() != rank || !std::all_of(shape.begin(), shape.end(), fits))
    throw InputError(file.path(), fmt::format("tensor {}: shape {}; {} dimensions of 1 .. 65536 are expected", name,
                                              to_string(shape), rank));
  return static_cast<int>(shape[axis]);
}

}  // namespace tram
