#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "models/network/safetensors.hpp"

namespace tram {

/// Gives the tensor called name; it must have the shape given. A builder's only access to weights, so that a trainer
/// can supply initial ones.
using ParameterSource = std::function<Tensor(const std::string& name, const Shape& shape)>;

/// The parameters in a file, which must outlive the result.
ParameterSource parameters_of(const SafeTensors& file);

/// A tensor of the file; InputError where a value is infinite or not a number.
Tensor read_finite(const SafeTensors& file, const std::string& name, const Shape& shape);

/// The first tensor of a file, by name, that is not among those used and has a part in what a network computes: all but
/// num_batches_tracked, PyTorch's counters of batches. Nothing where all are used.
std::optional<std::string> first_left_over(const SafeTensors& file, const std::set<std::string>& used);

/// Extent of one axis of a tensor that must have this many dimensions, each 1 .. 65536; InputError otherwise.
int tensor_extent(const SafeTensors& file, const std::string& name, size_t rank, size_t axis);

}  // namespace tram
