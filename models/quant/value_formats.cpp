#include <algorithm>

#include "models/quant/quantise.hpp"

namespace tram {
namespace {

/// Whether the codes of what an operation reads are those of its result.
bool keeps_codes(const Operation& operation) {
  return std::holds_alternative<SliceChannelsOp>(operation) || std::holds_alternative<PrependTokenOp>(operation) ||
         std::holds_alternative<SelectTokenOp>(operation) || std::holds_alternative<FlattenPositionsOp>(operation) ||
         std::holds_alternative<SubsampleOp>(operation) || std::holds_alternative<MaxPoolOp>(operation);
}

bool multiplies(const Operation& operation) {
  return std::holds_alternative<ConvolutionOp>(operation) || std::holds_alternative<LinearOp>(operation) ||
         std::holds_alternative<AttentionScoresOp>(operation) || std::holds_alternative<AttentionContextOp>(operation);
}

/// By value: the most bits that a layer which multiplies its codes wants of them; what no such layer reads has those of
/// all layers. Slices of one value are as wide as it.
std::vector<int> wanted_bits(const NetworkGraph& graph, const QuantiseOptions& options) {
  const std::vector<OperandBits> of_node = bits_by_node(graph, options);
  const std::vector<std::vector<int>> readers = consumers(graph);
  std::vector<int> bits(static_cast<size_t>(graph.value_count()), 0);
  for (size_t v = bits.size(); v-- > 0;)
    for (const int reader : readers[v]) {
      const Operation& operation = graph.nodes[static_cast<size_t>(reader)].operation;
      if (multiplies(operation)) bits[v] = std::max(bits[v], of_node[static_cast<size_t>(reader)].activations);
      else if (keeps_codes(operation)) bits[v] = std::max(bits[v], bits[static_cast<size_t>(reader) + 1]);
    }
  std::ranges::replace(bits, 0, options.operands().activations);
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (std::holds_alternative<SliceChannelsOp>(graph.nodes[i].operation))
      bits[i + 1] = bits[static_cast<size_t>(graph.nodes[i].inputs[0])];
  return bits;
}

/// Whether codes pass through an operation, or are only added to others.
bool passes_on(const Operation& operation) {
  return std::holds_alternative<AddOp>(operation) || std::holds_alternative<AddConstantOp>(operation) ||
         std::holds_alternative<PrependTokenOp>(operation) || std::holds_alternative<SelectTokenOp>(operation) ||
         std::holds_alternative<FlattenPositionsOp>(operation);
}

}  // namespace

std::vector<bool> symmetric_values(const NetworkGraph& graph) {
  std::vector<bool> symmetric(static_cast<size_t>(graph.value_count()), false);
  for (const GraphNode& node : graph.nodes) {
    const bool scores = std::holds_alternative<AttentionScoresOp>(node.operation);
    if (scores) symmetric[static_cast<size_t>(node.inputs[0])] = true;
    if (scores || std::holds_alternative<AttentionContextOp>(node.operation))
      symmetric[static_cast<size_t>(node.inputs[1])] = true;
  }
  return symmetric;
}

std::vector<bool> masked_scores(const NetworkGraph& graph) {
  std::vector<bool> masked(static_cast<size_t>(graph.value_count()), false);
  const std::vector<std::vector<int>> readers = consumers(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    masked[i + 1] = std::holds_alternative<AddConstantOp>(graph.nodes[i].operation) && !readers[i + 1].empty() &&
                    std::ranges::all_of(readers[i + 1], [&](int reader) {
                      return std::holds_alternative<SoftmaxOp>(graph.nodes[static_cast<size_t>(reader)].operation);
                    });
  return masked;
}

std::vector<CodeFormat> value_formats(const NetworkGraph& graph, const QuantiseOptions& options) {
  std::vector<CodeFormat> formats;
  for (const int bits : wanted_bits(graph, options)) formats.push_back({bits, options.signed_codes});
  const std::vector<std::vector<int>> readers = consumers(graph);
  const std::vector<bool> masked = masked_scores(graph);
  std::vector<bool> stream(formats.size(), false);
  for (size_t v = formats.size() - 1; v > 0; --v) {
    bool scores = !readers[v].empty();
    stream[v] = scores;
    for (const int reader : readers[v]) {
      const Operation& operation = graph.nodes[static_cast<size_t>(reader)].operation;
      const bool norm = std::holds_alternative<LayerNormOp>(operation);
      stream[v] = stream[v] && (norm || (passes_on(operation) && stream[static_cast<size_t>(reader) + 1]));
      scores = scores && (std::holds_alternative<SoftmaxOp>(operation) || masked[static_cast<size_t>(reader) + 1]);
    }
    if (stream[v]) formats[v].bits = options.stream_bits;
    if (scores) formats[v].bits = options.score_bits;
  }
  return formats;
}

}  // namespace tram
