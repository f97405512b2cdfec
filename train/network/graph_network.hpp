#pragma once
#include <memory>
#include <vector>

#include "models/network/graph.hpp"
#include "train/layers/layer.hpp"
#include "train/network/gradient_buffers.hpp"
#include "train/network/network.hpp"

namespace tram::train {

/// Any graph of models/network as a network to train, batch by batch: one layer a node, in the order of the graph.
class GraphNetwork : public Network {
 public:
  /// Throws InputError naming the node whose operation cannot be trained. The graph's weights are not read: see
  /// graph_values.hpp.
  GraphNetwork(const NetworkGraph& graph, int batch);

  const NetworkParameters& parameters() const override { return parameters_; }
  const BatchShape& input_shape() const override { return input_shape_; }
  const BatchTensor& forward(const ForwardPass& pass, const BatchTensor& images) override;
  void backward(const BackwardPass& pass, const BatchTensor& dlogits) override;
  void visit_outputs(const Visitor& visit) const override;

 private:
  struct Node {
    std::string name;
    std::vector<int> inputs;  ///< indices of values
    std::unique_ptr<Layer> layer;
  };
  void add_node(const GraphNode& node, bool in_place);
  std::vector<const BatchTensor*> inputs_of(const Node& node) const;

  NetworkParameters parameters_;
  BatchShape input_shape_;
  std::vector<Node> nodes_;
  std::vector<BatchTensor> values_;           ///< by value; the first is unused, the images are the caller's
  const BatchTensor* images_ = nullptr;
  GradientBuffers gradients_;
};

}  // namespace tram::train
