#pragma once
#include <string>
#include <vector>

#include "models/network/graph.hpp"

namespace tram {

/// A parameter of a graph by the name that it has in files: NODE.weight, NODE.bias, NODE.running_mean,
/// NODE.running_var, and NODE itself for a class token and for a position embedding.
struct GraphParameter {
  std::string name;
  Tensor* tensor = nullptr;  ///< within the graph
  Shape stored;              ///< as in files: a token [1, 1, D], positions of a sequence [1, T, D], others as they are
};

/// All parameters, in the order of the nodes; a bias that is empty is none. They are valid as long as the graph's nodes
/// stay where they are.
std::vector<GraphParameter> graph_parameters(NetworkGraph& graph);

}  // namespace tram
