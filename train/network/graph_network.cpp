#include "train/network/graph_network.hpp"

#include <algorithm>
#include <functional>

#include "models/support/error.hpp"
#include "train/network/make_layer.hpp"

namespace tram::train {
namespace {

std::vector<BatchShape> batch_shapes(const NetworkGraph& graph, int batch) {
  std::vector<BatchShape> shapes;
  for (const FeatureShape& shape : infer_shapes(graph)) shapes.emplace_back(batch, shape);
  return shapes;
}

/// Whether a node may overwrite its input: a ReLU whose input no other node reads, neither forward nor backward.
std::vector<bool> in_place_nodes(const NetworkGraph& graph) {
  const auto readers = consumers(graph);
  std::vector<bool> in_place;
  for (const GraphNode& node : graph.nodes) {
    const int value = node.inputs.front();
    const auto producer_ignores_output = [&] {
      const Operation& producer = graph.nodes[static_cast<size_t>(value - 1)].operation;
      return std::holds_alternative<ConvolutionOp>(producer) || std::holds_alternative<BatchNormOp>(producer) ||
             std::holds_alternative<LinearOp>(producer) || std::holds_alternative<AddOp>(producer);
    };
    in_place.push_back(std::holds_alternative<ReluOp>(node.operation) && value != 0 &&
                       readers[static_cast<size_t>(value)].size() == 1 && producer_ignores_output());
  }
  return in_place;
}

void add_to(const BatchTensor& part, BatchTensor& sum) {
  std::transform(sum.values().begin(), sum.values().end(), part.data(), sum.data(), std::plus<>());
}

/// A node that nothing reads would get no gradient.
void check_readers(const NetworkGraph& graph) {
  const auto readers = consumers(graph);
  for (size_t i = 0; i + 1 < graph.nodes.size(); ++i)
    if (readers[i + 1].empty())
      throw InputError(graph.nodes[i].name, "no other node reads its output; only the last may have no reader");
}

}  // namespace

GraphNetwork::GraphNetwork(const NetworkGraph& graph, int batch)
    : GraphNetwork(graph, batch, [&](NetworkParameters& parameters, size_t node, std::span<const BatchShape> inputs) {
        return make_layer(parameters, graph.nodes[node], inputs);
      }) {}

GraphNetwork::GraphNetwork(const NetworkGraph& graph, int batch, const LayerMaker& make)
    : input_shape_(batch, graph.input), values_(1), gradients_(graph, batch_shapes(graph, batch)) {
  check_readers(graph);
  const std::vector<bool> in_place = in_place_nodes(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) add_node(graph, i, in_place[i], make);
}

void GraphNetwork::add_node(const NetworkGraph& graph, size_t index, bool in_place, const LayerMaker& make) {
  const GraphNode& node = graph.nodes[index];
  std::vector<BatchShape> inputs;
  for (const int value : node.inputs)
    inputs.push_back(value == 0 ? input_shape_ : values_[static_cast<size_t>(value)].shape());
  nodes_.push_back({node.name, node.inputs, make(parameters_, index, inputs)});
  const BatchShape shape = nodes_.back().layer->output_shape();
  values_.push_back(in_place ? BatchTensor(shape, values_[static_cast<size_t>(node.inputs.front())].storage())
                             : BatchTensor(shape));
}

std::vector<const BatchTensor*> GraphNetwork::inputs_of(const Node& node) const {
  std::vector<const BatchTensor*> inputs;
  for (const int value : node.inputs) inputs.push_back(value == 0 ? images_ : &values_[static_cast<size_t>(value)]);
  return inputs;
}

const BatchTensor& GraphNetwork::forward(const ForwardPass& pass, const BatchTensor& images) {
  images_ = &images;
  for (size_t i = 0; i < nodes_.size(); ++i) nodes_[i].layer->forward(pass, inputs_of(nodes_[i]), values_[i + 1]);
  return values_.back();
}

void GraphNetwork::backward(const BackwardPass& pass, const BatchTensor& dlogits) {
  for (size_t i = nodes_.size(); i-- > 0;) {
    auto& targets = gradients_.targets(i);
    std::vector<BatchTensor*> dx;
    for (auto& target : targets)
      dx.push_back(target.value == 0 ? nullptr : target.accumulates() ? &target.scratch : &gradients_.of(target.value));
    const BatchTensor& dy = i + 1 == nodes_.size() ? dlogits : gradients_.of(static_cast<int>(i) + 1);
    nodes_[i].layer->backward(pass, inputs_of(nodes_[i]), values_[i + 1], dy, dx);
    for (auto& target : targets)
      if (target.accumulates()) add_to(target.scratch, gradients_.of(target.value));
  }
}

void GraphNetwork::visit_outputs(const Visitor& visit) const {
  for (size_t i = 0; i < nodes_.size(); ++i) visit(nodes_[i].name, values_[i + 1]);
}

}  // namespace tram::train
