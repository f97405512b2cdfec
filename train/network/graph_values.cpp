#include "train/network/graph_values.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "models/network/graph_parameters.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

std::map<std::string, Tensor*> tensors(NetworkGraph& graph) {
  std::map<std::string, Tensor*> all;
  for (const GraphParameter& parameter : graph_parameters(graph)) all[parameter.name] = parameter.tensor;
  return all;
}

Tensor& tensor_of(const std::map<std::string, Tensor*>& all, const Parameter& parameter) {
  const auto found = all.find(parameter.name);
  if (found == all.end()) throw InputError(parameter.name, "the network has no such array");
  if (static_cast<int64_t>(found->second->data.size()) != parameter.size)
    throw InputError(parameter.name,
                     fmt::format("{} values; {} are expected", found->second->data.size(), parameter.size));
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
