#include "models/network/graph.hpp"

namespace tram {
namespace {

/// Multiply-accumulate operations of one node with its first input and its output.
struct NodeMacs {
  const FeatureShape& in;
  const FeatureShape& out;

  int64_t operator()(const ConvolutionOp& op) const { return positions() * element_count(op.weight.shape); }
  int64_t operator()(const LinearOp& op) const { return positions() * element_count(op.weight.shape); }
  int64_t operator()(const AttentionScoresOp&) const { return int64_t{in.height} * out.channels * in.channels; }
  int64_t operator()(const AttentionContextOp&) const { return int64_t{in.height} * in.channels * out.channels; }
  int64_t operator()(const auto&) const { return 0; }

  int64_t positions() const { return int64_t{out.height} * out.width; }
};

}  // namespace

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

int64_t mac_count(const NetworkGraph& graph) {
  const std::vector<FeatureShape> shapes = infer_shapes(graph);
  int64_t macs = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const FeatureShape& in = shapes[static_cast<size_t>(graph.nodes[i].inputs[0])];
    macs += std::visit(NodeMacs{in, shapes[i + 1]}, graph.nodes[i].operation);
  }
  return macs;
}

}  // namespace tram
