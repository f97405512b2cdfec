#pragma once
#include "models/network/onnx/onnx_model.hpp"

namespace tram {

/// InputError (beginning with `where`) unless a node has as many inputs and outputs, and the attributes, that ONNX
/// gives its operator: none unknown, each of its type, flags 0 or 1, numbers finite, what is required there. Operators
/// that the importer has no rule for pass.
void check_signature(const std::string& where, const OnnxNode& node);

}  // namespace tram
