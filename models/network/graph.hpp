#pragma once
#include <string>
#include <vector>

#include "models/network/operations.hpp"

namespace tram {

struct GraphNode {
  std::string name;  ///< as in the weights file, e.g. "layer1.0.conv1"; unique in the graph
  Operation operation;
  std::vector<int> inputs;  ///< indices of values, each defined before this node
};

/// A feed-forward network in execution order. Value 0 is the input image, value i + 1 the output of nodes[i];
/// the last value are the logits.
struct NetworkGraph {
  std::string name;
  FeatureShape input;
  std::vector<GraphNode> nodes;

  int value_count() const { return static_cast<int>(nodes.size()) + 1; }
  /// Appends a node and returns the index of the value it defines.
  int add(std::string node_name, Operation operation, std::vector<int> inputs);
};

/// The shape of the value that an operation makes of inputs of these shapes. Throws InputError naming `where` when
/// they, or its parameters, do not fit.
FeatureShape output_shape(const std::string& where, const Operation& operation, std::vector<FeatureShape> inputs);

/// The shape of every value. Throws InputError naming network and node when weights and shapes do not fit.
std::vector<FeatureShape> infer_shapes(const NetworkGraph& graph);

/// Nodes that read each value, by value index.
std::vector<std::vector<int>> consumers(const NetworkGraph& graph);

}  // namespace tram
