#include "models/quant/trained_network.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "models/network/fold_batch_norm.hpp"
#include "models/network/graph_parameters.hpp"
#include "models/network/load_network.hpp"
#include "models/network/vit.hpp"
#include "models/support/archive.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

const std::string& value_name(const NetworkGraph& graph, size_t value) {
  static const std::string input = "input";
  return value == 0 ? input : graph.nodes[value - 1].name;
}

std::string activation_tensor(const NetworkGraph& graph, size_t value) { return value_name(graph, value) + ".affine"; }
std::string weight_tensor(const std::string& node) { return node + ".weight_affine"; }

/// Output channels of a convolution or linear layer; 0 for other nodes.
int64_t weight_channels(const Operation& operation) {
  if (const auto* convolution = std::get_if<ConvolutionOp>(&operation)) return convolution->weight.shape[0];
  if (const auto* linear = std::get_if<LinearOp>(&operation)) return linear->weight.shape[0];
  return 0;
}

Tensor to_tensor(const std::vector<Affine>& affines) {
  Tensor tensor{{static_cast<int64_t>(affines.size()), 2}, {}};
  for (const Affine& affine : affines) {
    tensor.data.push_back(affine.scale);
    tensor.data.push_back(static_cast<float>(affine.zero));
  }
  return tensor;
}

/// Reads one file tensor after the other and remembers which.
class TensorReader {
 public:
  explicit TensorReader(const SafeTensors& file) : file_(file) {}

  Tensor read(const std::string& name, const Shape& shape) {
    known_.insert(name);
    return read_finite(file_, name, shape);
  }

  /// Quantisers of zero points `low` to `high`.
  std::vector<Affine> read_affines(const std::string& name, int64_t count, int32_t low, int32_t high) {
    const Tensor tensor = read(name, {count, 2});
    std::vector<Affine> affines;
    for (size_t i = 0; i < tensor.data.size(); i += 2) {
      const float scale = tensor.data[i], zero = tensor.data[i + 1];
      if (!std::isfinite(scale) || scale <= 0)
        throw InputError(file_.path(), fmt::format("tensor {}: scale {}; a positive number is expected", name, scale));
      if (zero != std::nearbyint(zero) || zero < static_cast<float>(low) || zero > static_cast<float>(high))
        throw InputError(file_.path(), fmt::format("tensor {}: zero point {}; a whole number of {} to {} is expected",
                                                   name, zero, low, high));
      affines.push_back({scale, static_cast<int32_t>(zero)});
    }
    return affines;
  }

  /// InputError for a tensor that nobody asked for.
  void expect_no_other() const {
    if (const std::optional<std::string> name = first_left_over(file_, known_))
      throw InputError(file_.path(), fmt::format("tensor {} belongs to nothing in the network; no others than its "
                                                 "parameters and quantisers are expected",
                                                 *name));
  }

 private:
  const SafeTensors& file_;
  std::set<std::string> known_;
};

/// The network of that name with the shapes of the file, batch norm folded away; its parameters are still to be read.
NetworkGraph read_graph(const SafeTensors& file, const TrainedNetworkInfo& info) {
  const auto present_or_norm = [&](const std::string& name, const Shape& shape) {
    return shape.size() == 1 && !file.contains(name) ? zeros(shape) : file.read(name, shape);
  };
  NetworkGraph graph = fold_batch_norm(load_network(info.network, file, present_or_norm));
  if (graph.input != info.input)
    throw InputError(file.path(), fmt::format("input of {}x{}x{}; {}x{}x{}, that of {}, is expected", info.input.height,
                                              info.input.width, info.input.channels, graph.input.height,
                                              graph.input.width, graph.input.channels, info.network));
  return graph;
}

std::vector<Affine> read_activations(TensorReader& tensors, const NetworkGraph& graph, const QuantiseOptions& options) {
  const std::vector<CodeFormat> formats = value_formats(graph, options);
  const std::vector<bool> symmetric = symmetric_values(graph);
  std::vector<Affine> activations;
  for (size_t v = 0; v < formats.size(); ++v) {
    const int32_t middle = formats[v].is_signed ? 0 : 1 << (formats[v].bits - 1);
    const int32_t low = symmetric[v] ? middle : formats[v].lowest();
    const int32_t high = symmetric[v] ? middle : formats[v].highest();
    activations.push_back(tensors.read_affines(activation_tensor(graph, v), 1, low, high)[0]);
  }
  return activations;
}

WeightAffines read_weight_affines(TensorReader& tensors, const NetworkGraph& graph, const QuantiseOptions& options) {
  const int32_t high = options.signed_codes ? 0 : CodeFormat{options.bits, false}.highest();
  WeightAffines weights;
  for (const GraphNode& node : graph.nodes)
    if (const int64_t channels = weight_channels(node.operation); channels > 0)
      weights[node.name] = tensors.read_affines(weight_tensor(node.name), channels, 0, high);
  return weights;
}

NamedTensors tensors_of(const TrainedNetwork& trained) {
  NamedTensors tensors;
  NetworkGraph graph = trained.graph;
  if (trained.activations.size() != static_cast<size_t>(graph.value_count()))
    throw InputError(graph.name, fmt::format("{} activation quantisers; {} are expected", trained.activations.size(),
                                             graph.value_count()));
  for (const GraphParameter& parameter : graph_parameters(graph))
    tensors.emplace_back(parameter.name, Tensor{parameter.stored, parameter.tensor->data});
  for (size_t v = 0; v < trained.activations.size(); ++v)
    tensors.emplace_back(activation_tensor(graph, v), to_tensor({trained.activations[v]}));
  for (const auto& [node, affines] : trained.weights) tensors.emplace_back(weight_tensor(node), to_tensor(affines));
  return tensors;
}

/// Contents of a file but for its notes, as bytes.
std::string content(const TrainedNetwork& network) {
  ArchiveWriter writer;
  writer.put(network.graph);
  writer.put(network.activations);
  for (const auto& [node, affines] : network.weights) {
    writer.put(node);
    writer.put(affines);
  }
  return writer.bytes();
}

}  // namespace

IntegerNetwork quantise(const TrainedNetwork& trained) {
  return quantise(trained.graph, trained.activations, trained.weights, trained.options);
}

void write_trained_network(const std::filesystem::path& path, const TrainedNetwork& trained) {
  const NetworkGraph& graph = trained.graph;
  auto metadata =
      to_metadata({graph.name, trained.data, graph.input, trained.options, trained.notes, trained.preprocessing});
  if (const std::optional<int> heads = attention_heads(graph)) metadata["num_heads"] = std::to_string(*heads);
  const std::string bytes = to_safetensors(tensors_of(trained), metadata);
  if (content(read_trained_network(SafeTensors(path.string(), bytes))) != content(trained))
    throw InputError(path.string(), fmt::format("would not give this network again; the graph of {} with batch norm "
                                                "folded, as load_network makes it, is expected",
                                                graph.name));
  write_file(path, bytes);
}

TrainedNetwork read_trained_network(const SafeTensors& file) {
  const std::optional<TrainedNetworkInfo> info = trained_network_info(file);
  if (!info)
    throw InputError(file.path(),
                     "no trained network with its quantisers; a safetensors file whose metadata say so is "
                     "expected");
  TrainedNetwork trained{read_graph(file, *info), {}, {}, info->options, info->data, info->notes, info->preprocessing};
  trained.notes.erase("num_heads");  // of the graph
  TensorReader tensors(file);
  for (const GraphParameter& parameter : graph_parameters(trained.graph))
    parameter.tensor->data = tensors.read(parameter.name, parameter.stored).data;
  trained.activations = read_activations(tensors, trained.graph, info->options);
  trained.weights = read_weight_affines(tensors, trained.graph, info->options);
  tensors.expect_no_other();
  return trained;
}

TrainedNetwork read_trained_network(const std::filesystem::path& path) {
  return read_trained_network(SafeTensors(path));
}

}  // namespace tram
