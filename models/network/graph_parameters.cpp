#include "models/network/graph_parameters.hpp"

namespace tram {
namespace {

/// Collects the parameters of one node.
struct ParameterCollector {
  const std::string& node;
  std::vector<GraphParameter>& all;

  void operator()(ConvolutionOp& op) const { weight_and_bias(op.weight, op.bias); }
  void operator()(LinearOp& op) const { weight_and_bias(op.weight, op.bias); }
  void operator()(LayerNormOp& op) const { weight_and_bias(op.gamma, op.beta); }
  void operator()(BatchNormOp& op) const {
    weight_and_bias(op.gamma, op.beta);
    add(".running_mean", op.mean);
    add(".running_var", op.variance);
  }
  void operator()(PrependTokenOp& op) const { all.push_back({node, &op.token, {1, 1, op.token.shape.at(0)}}); }
  void operator()(AddConstantOp& op) const {
    const Shape& shape = op.value.shape;
    const bool sequence = shape.size() == 3 && shape[1] == 1;
    all.push_back({node, &op.value, sequence ? Shape{1, shape[0], shape[2]} : shape});
  }
  template <class Other>
  void operator()(Other&) const {}

 private:
  void add(const char* ending, Tensor& tensor) const { all.push_back({node + ending, &tensor, tensor.shape}); }
  void weight_and_bias(Tensor& weight, Tensor& bias) const {
    add(".weight", weight);
    if (!bias.empty()) add(".bias", bias);
  }
};

}  // namespace

std::vector<GraphParameter> graph_parameters(NetworkGraph& graph) {
  std::vector<GraphParameter> all;
  for (GraphNode& node : graph.nodes) std::visit(ParameterCollector{node.name, all}, node.operation);
  return all;
}

}  // namespace tram
