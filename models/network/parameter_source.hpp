#pragma once
#include <functional>
#include <string>

#include "models/network/safetensors.hpp"

namespace tram {

/// Gives the tensor called name; it must have the shape given. A builder's only access to weights, so that a trainer
/// can supply initial ones.
using ParameterSource = std::function<Tensor(const std::string& name, const Shape& shape)>;

/// The parameters in a file, which must outlive the result.
ParameterSource parameters_of(const SafeTensors& file);

/// Extent of one axis of a tensor that must have this many dimensions, each 1 .. 65536; InputError otherwise.
int tensor_extent(const SafeTensors& file, const std::string& name, size_t rank, size_t axis);

}  // namespace tram
