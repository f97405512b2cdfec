#include "models/quant/layer_bits.hpp"

#include <algorithm>

#include "models/quant/quantise.hpp"
#include "models/support/error.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

bool has_weights(const GraphNode& node) {
  return std::holds_alternative<ConvolutionOp>(node.operation) || std::holds_alternative<LinearOp>(node.operation);
}

bool multiplies(const GraphNode& node) {
  return has_weights(node) || std::holds_alternative<AttentionScoresOp>(node.operation) ||
         std::holds_alternative<AttentionContextOp>(node.operation);
}

/// Indices of the nodes that multiply, in order.
std::vector<size_t> multiplying(const NetworkGraph& graph) {
  std::vector<size_t> nodes;
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (multiplies(graph.nodes[i])) nodes.push_back(i);
  return nodes;
}

/// Nodes that a rule means.
std::vector<size_t> selected(const NetworkGraph& graph, const std::string& layers) {
  const std::vector<size_t> all = multiplying(graph);
  std::vector<size_t> named;
  std::ranges::copy_if(all, std::back_inserter(named),
                       [&](size_t i) { return matches_pattern(layers, graph.nodes[i].name); });
  if (!named.empty() || all.empty()) return named;
  if (layers == "first") return {all.front()};
  if (layers == "last") return {all.back()};
  return {};
}

}  // namespace

std::vector<OperandBits> bits_by_node(const NetworkGraph& graph, const QuantiseOptions& options) {
  std::vector<OperandBits> bits(graph.nodes.size(), options.operands());
  for (const LayerBits& rule : options.layer_bits) {
    const std::vector<size_t> nodes = selected(graph, rule.layers);
    if (nodes.empty())
      throw InputError("quantise.layer_bits",
                       fmt::format("'{}' names no layer of {}; first, last or layers that multiply are expected",
                                   rule.layers, graph.name));
    for (const size_t i : nodes) bits[i] = {rule.weights, rule.activations};
  }
  for (size_t i = 0; i < bits.size(); ++i)
    if (!has_weights(graph.nodes[i])) bits[i].weights = bits[i].activations;
  return bits;
}

}  // namespace tram
