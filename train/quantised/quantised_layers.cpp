#include "train/quantised/quantised_layers.hpp"

#include <algorithm>

#include "models/quant/weight_quantiser.hpp"
#include "models/support/error.hpp"
#include "train/network/graph_values.hpp"
#include "train/network/make_layer.hpp"
#include "train/quantised/quantised_output.hpp"

namespace tram::train {
namespace {

/// A linear layer as a 1 x 1 convolution.
onednn::ConvolutionShape pointwise_shape(const LinearOp& op, const BatchShape& in) {
  return {in.batch, in.channels,     static_cast<int>(op.weight.shape[0]), 1, in.height, in.width, 1, 1, 1,
          0,        !op.bias.empty()};
}

bool is_gemm(const Operation& operation) {
  return std::holds_alternative<ConvolutionOp>(operation) || std::holds_alternative<LinearOp>(operation);
}

bool passes_codes(const Operation& operation) {
  return std::holds_alternative<SubsampleOp>(operation) || std::holds_alternative<MaxPoolOp>(operation) ||
         std::holds_alternative<FlattenPositionsOp>(operation) || std::holds_alternative<SelectTokenOp>(operation);
}

template <typename Op>
bool all_are(const NetworkGraph& graph, const std::vector<int>& nodes) {
  return std::ranges::all_of(
      nodes, [&](int node) { return std::holds_alternative<Op>(graph.nodes[static_cast<size_t>(node)].operation); });
}

}  // namespace

QuantisedLayers::QuantisedLayers(const NetworkGraph& folded, const QuantisedSettings& settings)
    : graph_(folded), settings_(settings), readers_(consumers(folded)),
      formats_(value_formats(folded, {.bits = settings.bits})), symmetric_(symmetric_values(folded)),
      ranges_(static_cast<size_t>(folded.value_count())) {}

bool QuantisedLayers::quantises_output(size_t node) const {
  if (node + 1 == graph_.nodes.size() || passes_codes(graph_.nodes[node].operation)) return false;
  const std::vector<int>& readers = readers_[node + 1];
  const bool fused = readers.size() == 1 && all_are<ReluOp>(graph_, readers);
  return !fused && !all_are<SliceChannelsOp>(graph_, readers) && formats_[node + 1].bits == settings_.bits;
}

MultiplierTable QuantisedLayers::table(NetworkParameters& parameters, const std::string& layer, bool is_trained) {
  MultiplierTable table;
  table.bits = settings_.bits;
  const auto of_layer = [&](const auto& circuits) {
    const auto own = circuits.find(layer);
    return own != circuits.end() ? own->second : circuits.at("");
  };
  if (const auto own = settings_.activation_cost_slopes.find(layer);
      is_trained && own != settings_.activation_cost_slopes.end())
    table.activation_cost_slope = own->second;
  if (!settings_.circuits.empty()) {
    table.integers = of_layer(settings_.circuits);
    if (!settings_.slopes.empty()) table.slopes = of_layer(settings_.slopes);
  } else if (settings_.tables != TableSharing::none) {
    const std::string name = settings_.tables == TableSharing::single ? shared_table : layer;
    const int64_t codes = int64_t{1} << settings_.bits;
    if (!tables_.contains(name)) tables_[name] = parameters.tables.add(name, {codes, codes}, Parameter::Kind::table);
    table.offset = tables_.at(name);
  }
  return table;
}

std::unique_ptr<Layer> QuantisedLayers::make_gemm(NetworkParameters& parameters, size_t node, const BatchShape& input) {
  const GraphNode& n = graph_.nodes[node];
  const auto* convolution = std::get_if<ConvolutionOp>(&n.operation);
  const onednn::ConvolutionShape shape = convolution != nullptr
                                             ? convolution_shape(*convolution, input)
                                             : pointwise_shape(std::get<LinearOp>(n.operation), input);
  if (shape.groups != 1) throw InputError(n.name, fmt::format("{} groups; 1 is expected", shape.groups));
  const auto value = static_cast<size_t>(n.inputs[0]);
  std::unique_ptr<FakeQuantise> image;
  if (value == 0) {
    image = std::make_unique<FakeQuantise>(parameters, "input", input, settings_.bits);
    ranges_[0] = image->range();
  }
  auto gemm =
      std::make_unique<QuantisedGemm>(parameters, n.name, shape, ranges_[value], table(parameters, n.name, value != 0));
  if (image == nullptr) return gemm;
  return std::make_unique<QuantisedInput>(std::move(image), std::move(gemm));
}

std::unique_ptr<Layer> QuantisedLayers::make_plain(NetworkParameters& parameters, size_t node,
                                                   std::span<const BatchShape> inputs) {
  if (is_gemm(graph_.nodes[node].operation)) return make_gemm(parameters, node, inputs[0]);
  return make_layer(parameters, graph_.nodes[node], inputs);
}

std::unique_ptr<Layer> QuantisedLayers::make(NetworkParameters& parameters, size_t node,
                                             std::span<const BatchShape> inputs) {
  const GraphNode& n = graph_.nodes[node];
  auto layer = make_plain(parameters, node, inputs);
  if (passes_codes(n.operation)) ranges_[node + 1] = ranges_[static_cast<size_t>(n.inputs[0])];
  if (!quantises_output(node)) return layer;
  auto quantise =
      std::make_unique<FakeQuantise>(parameters, n.name, layer->output_shape(), settings_.bits, symmetric_[node + 1]);
  ranges_[node + 1] = quantise->range();
  return std::make_unique<QuantisedOutput>(std::move(layer), std::move(quantise));
}

std::unique_ptr<GraphNetwork> make_quantised_network(const NetworkGraph& folded, const QuantisedSettings& settings,
                                                     int batch) {
  QuantisedLayers layers(folded, settings);
  return std::make_unique<GraphNetwork>(
      folded, batch, [&](NetworkParameters& parameters, size_t node, std::span<const BatchShape> inputs) {
        return layers.make(parameters, node, inputs);
      });
}

namespace {

void set_range(std::span<float> range, const Affine& affine, int bits) {
  range[0] = static_cast<float>(real_value(0, affine));
  range[1] = static_cast<float>(real_value((1 << bits) - 1, affine));
}

const Affine& activation_of(const std::string& name, const NetworkGraph& graph, const std::vector<Affine>& all) {
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (graph.nodes[i].name == name) return all.at(i + 1);
  return all.at(0);  // "input"
}

}  // namespace

std::vector<float> initial_quantised_values(const NetworkParameters& parameters, const NetworkGraph& folded,
                                            const std::vector<Affine>& activations, const QuantiseOptions& options) {
  std::vector<float> values = trained_values(parameters, folded);
  const auto part = [&](const Parameter& p) {
    return std::span(values).subspan(static_cast<size_t>(p.offset), static_cast<size_t>(p.size));
  };
  std::span<const float> weights;  // of the layer whose ranges come next
  for (const Parameter& p : parameters.trained.entries()) {
    if (p.kind == Parameter::Kind::weight) weights = part(p);
    if (p.kind != Parameter::Kind::range) continue;
    const std::string layer = p.name.substr(0, p.name.rfind('.'));
    if (p.name.ends_with(".range")) {
      set_range(part(p), activation_of(layer, folded, activations), options.bits);
      continue;
    }
    const auto channels = static_cast<size_t>(p.shape[0]), size = weights.size() / channels;
    for (size_t c = 0; c < channels; ++c)
      set_range(part(p).subspan(2 * c, 2), fitted_affine(weights.subspan(c * size, size), options), options.bits);
  }
  return values;
}

}  // namespace tram::train
