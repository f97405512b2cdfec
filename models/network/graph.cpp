#include "models/network/graph.hpp"

namespace tram {

int NetworkGraph::add(std::string node_name, Operation operation, std::vector<int> inputs) {
  nodes.push_back({std::move(node_name), std::move(operation), std::move(inputs)});
  return static_cast<int>(nodes.size());
}

std::vector<std::vector<int>> consumers(const NetworkGraph& graph) {
  std::vector<std::vector<int>> readers(static_cast<size_t>(graph.value_count()));
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    for (const int value : graph.nodes[i].inputs) readers[static_cast<size_t>(value)].push_back(static_cast<int>(i));
  return readers;
}

}  // namespace tram
