#include "train/network/graph_values.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "models/support/error.hpp"

namespace tram::train {
namespace {

/// Calls visit(parameter name, tensor) for each array of a node.
struct TensorVisitor {
  const std::string& name;
  const std::function<void(const std::string&, Tensor&)>& visit;

  void operator()(ConvolutionOp& op) const { weight_and_bias(op.weight, op.bias); }
  void operator()(LinearOp& op) const { weight_and_bias(op.weight, op.bias); }
  void operator()(LayerNormOp& op) const { weight_and_bias(op.gamma, op.beta); }
  void operator()(BatchNormOp& op) const {
    weight_and_bias(op.gamma, op.beta);
    visit(name + ".running_mean", op.mean);
    visit(name + ".running_var", op.variance);
  }
  void operator()(PrependTokenOp& op) const { visit(name, op.token); }
  void operator()(AddConstantOp& op) const { visit(name, op.value); }
  template <typename Other>
  void operator()(Other&) const {}

 private:
  void weight_and_bias(Tensor& weight, Tensor& bias) const {
    visit(name + ".weight", weight);
    if (!bias.empty()) visit(name + ".bias", bias);
  }
};

std::map<std::string, Tensor*> tensors(NetworkGraph& graph) {
  std::map<std::string, Tensor*> all;
  const std::function<void(const std::string&, Tensor&)> note = [&](const std::string& name, Tensor& tensor) {
    all[name] = &tensor;
  };
  for (GraphNode& node : graph.nodes) std::visit(TensorVisitor{node.name, note}, node.operation);
  return all;
}

Tensor& tensor_of(const std::map<std::string, Tensor*>& all, const Parameter& parameter) {
  const auto found = all.find(parameter.name);
  if (found == all.end()) throw InputError(parameter.name, "the network has no such array");
  if (static_cast<int64_t>(found->second->data.size()) != parameter.size)
    throw InputError(parameter.name, fmt::format("{} values; {} are expected", found->second->data.size(),
                                                 parameter.size));
  return *found->second;
}

std::vector<float> values_of(const ParameterList& list, const NetworkGraph& graph) {
  NetworkGraph copy = graph;
  const auto all = tensors(copy);
  std::vector<float> values(static_cast<size_t>(list.size()));
  for (const Parameter& parameter : list.entries())
    if (parameter.kind != Parameter::Kind::range)
      std::ranges::copy(tensor_of(all, parameter).data, values.begin() + parameter.offset);
  return values;
}

}  // namespace

std::vector<float> trained_values(const NetworkParameters& parameters, const NetworkGraph& graph) {
  return values_of(parameters.trained, graph);
}

std::vector<float> running_values(const NetworkParameters& parameters, const NetworkGraph& graph) {
  return values_of(parameters.running, graph);
}

void store_values(const NetworkParameters& parameters, std::span<const float> trained, std::span<const float> running,
                  NetworkGraph& graph) {
  const auto all = tensors(graph);
  const auto store = [&](const ParameterList& list, std::span<const float> values) {
    for (const Parameter& parameter : list.entries())
      if (parameter.kind != Parameter::Kind::range)
        std::ranges::copy(values.subspan(static_cast<size_t>(parameter.offset), static_cast<size_t>(parameter.size)),
                          tensor_of(all, parameter).data.begin());
  };
  store(parameters.trained, trained);
  store(parameters.running, running);
}

}  // namespace tram::train
