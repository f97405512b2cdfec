#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "models/network/graph.hpp"
#include "train/layers/layer.hpp"
#include "train/network/gradient_buffers.hpp"
#include "train/network/network.hpp"

namespace tram::train {

/// Makes the layer of a node of the graph; called in the order of the nodes.
using LayerMaker = std::function<std::unique_ptr<Layer>(NetworkParameters& parameters, size_t node,
                                                        std::span<const BatchShape> inputs)>;

/// Any graph of models/network as a network to train, batch by batch: one layer a node, in the order of the graph.
class GraphNetwork : public Network {
 public:
  /// Network with layers in fp32 (make_layer.hpp). Throws InputError naming the node whose operation cannot be trained.
  /// The graph's weights are not read: see graph_values.hpp.
  GraphNetwork(const NetworkGraph& graph, int batch);
  /// Network with layers of other kinds.
  GraphNetwork(const NetworkGraph& graph, int batch, const LayerMaker& make);

  const NetworkParameters& parameters() const override { return parameters_; }
  const BatchShape& input_shape() const override { return input_shape_; }
  BatchShape output_shape() const override { return values_.back().shape(); }
  const BatchTensor& forward(const ForwardPass& pass, const BatchTensor& images) override;
  void backward(const BackwardPass& pass, const BatchTensor& dlogits) override;
  void visit_outputs(const Visitor& visit) const override;

 private:
  struct Node {
    std::string name;
    std::vector<int> inputs;  ///< indices of values
    std::unique_ptr<Layer> layer;
  };
  void add_node(const NetworkGraph& graph, size_t index, bool in_place, const LayerMaker& make);
  std::vector<const BatchTensor*> inputs_of(const Node& node) const;

  NetworkParameters parameters_;
  BatchShape input_shape_;
  std::vector<Node> nodes_;
  std::vector<BatchTensor> values_;  ///< by value; the first is unused, the images are the caller's
  const BatchTensor* images_ = nullptr;
  GradientBuffers gradients_;
};

}  // namespace tram::train
