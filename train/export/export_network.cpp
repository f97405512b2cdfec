#include "train/export/export_network.hpp"

#include <algorithm>

#include "models/quant/affine.hpp"
#include "models/support/error.hpp"
#include "train/network/graph_values.hpp"

namespace tram::train {
namespace {

constexpr std::string_view activation_ending = ".range", weight_ending = ".weight_range";

/// Index of the value called name; "input" is the image.
size_t value_called(const std::string& name, const NetworkGraph& graph) {
  if (name == "input") return 0;
  const auto node = std::ranges::find(graph.nodes, name, &GraphNode::name);
  if (node == graph.nodes.end()) throw InputError(graph.name, fmt::format("no value {}; it is expected", name));
  return static_cast<size_t>(node - graph.nodes.begin()) + 1;
}

/// Turns ranges into quantisers.
class RangeReader {
 public:
  RangeReader(std::span<const float> trained, const NetworkGraph& graph, const QuantiseOptions& options)
      : trained_(trained), graph_(graph), options_(options), formats_(value_formats(graph, options)),
        symmetric_(symmetric_values(graph)) {}

  void read(const Parameter& parameter, TrainedNetwork& network) const {
    const std::string_view name = parameter.name;
    if (name.ends_with(weight_ending)) {
      std::vector<Affine>& affines = network.weights[std::string(name.substr(0, name.size() - weight_ending.size()))];
      for (int64_t i = 0; i < parameter.size; i += 2)
        affines.push_back(affine(parameter.offset + i, {options_.bits, options_.signed_codes}, options_.signed_codes));
      return;
    }
    const size_t value = value_called(std::string(name.substr(0, name.size() - activation_ending.size())), graph_);
    network.activations.at(value) = affine(parameter.offset, formats_[value], symmetric_[value]);
  }

 private:
  Affine affine(int64_t at, CodeFormat format, bool symmetric) const {
    const double low = trained_[static_cast<size_t>(at)], high = trained_[static_cast<size_t>(at) + 1];
    return symmetric ? symmetric_affine_of_range(low, high, format) : affine_of_range(low, high, format);
  }

  std::span<const float> trained_;
  const NetworkGraph& graph_;
  const QuantiseOptions& options_;
  std::vector<CodeFormat> formats_;
  std::vector<bool> symmetric_;
};

}  // namespace

TrainedNetwork trained_network(const NetworkParameters& parameters, std::span<const float> trained,
                               const NetworkGraph& initial, const std::vector<Affine>& activations,
                               const QuantiseOptions& options) {
  TrainedNetwork network{initial, activations, {}, options, {}, {}};
  store_values(parameters, trained, {}, network.graph);
  const RangeReader ranges(trained, initial, options);
  for (const Parameter& parameter : parameters.trained.entries())
    if (parameter.kind == Parameter::Kind::range) ranges.read(parameter, network);
  return network;
}

}  // namespace tram::train
