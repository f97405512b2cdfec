#pragma once
#include <optional>

#include "models/network/onnx/onnx_model.hpp"

namespace tram {

/// The output of a node whose inputs are all constants; an input left out is a null pointer. Nothing when the operator
/// is not one of those that exporters put between constants: Identity, Cast, Shape, Reshape, Flatten, Squeeze,
/// Unsqueeze, Transpose, Slice, Gather, Concat, Expand, ConstantOfShape, Add, Sub, Mul, Div, Equal, Where, Sqrt, Neg.
/// InputError names the node when its arguments do not fit.
std::optional<OnnxTensor> fold_constants(const std::string& where, const OnnxNode& node,
                                         const std::vector<const OnnxTensor*>& inputs);

/// Whether that operator is one of those.
bool folds_constants(const std::string& type);

}  // namespace tram
