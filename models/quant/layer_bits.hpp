#pragma once
#include <string>
#include <vector>

#include "models/network/graph.hpp"
#include "models/quant/integer_network.hpp"

namespace tram {

struct QuantiseOptions;

/// Bits of layers that are not those of all others.
struct LayerBits {
  /// A name, in which * stands for any text; `first` and `last`: the first and the last layer that multiplies, unless a
  /// layer is called so.
  std::string layers;
  int weights = 8, activations = 8;  ///< 2 .. 8

  bool operator==(const LayerBits&) const = default;
};

/// By node of the graph, what QuantiseOptions say of its operands: the bits of all layers, then rule after rule. Of a
/// product of activations both operands have those of activations. InputError("quantise.layer_bits", ...) for a rule
/// that names no layer.
std::vector<OperandBits> bits_by_node(const NetworkGraph& graph, const QuantiseOptions& options);

}  // namespace tram
