#include "models/network/fold_batch_norm.hpp"

#include <fmt/format.h>

#include <cmath>

#include "models/support/error.hpp"

namespace tram {
namespace {

void fold_into(ConvolutionOp& conv, const BatchNormOp& norm) {
  const size_t channels = norm.gamma.data.size();
  const size_t taps = conv.weight.data.size() / channels;
  if (conv.bias.empty()) conv.bias = zeros(Shape{static_cast<int64_t>(channels)});
  for (size_t c = 0; c < channels; ++c) {
    const double factor = norm.gamma.data[c] / std::sqrt(double{norm.variance.data[c]} + double{norm.epsilon});
    for (size_t t = 0; t < taps; ++t) {
      float& weight = conv.weight.data[c * taps + t];
      weight = static_cast<float>(weight * factor);
    }
    conv.bias.data[c] =
        static_cast<float>(norm.beta.data[c] + (double{conv.bias.data[c]} - norm.mean.data[c]) * factor);
  }
}

}  // namespace

NetworkGraph fold_batch_norm(const NetworkGraph& graph) {
  infer_shapes(graph);
  const std::vector<std::vector<int>> readers = consumers(graph);
  NetworkGraph folded{graph.name, graph.input, {}};
  std::vector<int> new_value = {0};
  for (const GraphNode& node : graph.nodes) {
    const auto* norm = std::get_if<BatchNormOp>(&node.operation);
    if (norm == nullptr) {
      std::vector<int> inputs;
      for (const int value : node.inputs) inputs.push_back(new_value[static_cast<size_t>(value)]);
      new_value.push_back(folded.add(node.name, node.operation, std::move(inputs)));
      continue;
    }
    const int source = node.inputs[0];
    const int producer = new_value[static_cast<size_t>(source)] - 1;
    auto* conv =
        producer < 0 ? nullptr : std::get_if<ConvolutionOp>(&folded.nodes[static_cast<size_t>(producer)].operation);
    if (conv == nullptr || readers[static_cast<size_t>(source)].size() != 1)
      throw InputError(fmt::format("{}, batch_norm {}", graph.name, node.name),
                       "does not follow a convolution of its own; one is expected, to fold it into");
    fold_into(*conv, *norm);
    new_value.push_back(producer + 1);
  }
  return folded;
}

}  // namespace tram
