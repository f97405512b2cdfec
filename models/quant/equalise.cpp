#include "models/quant/equalise.hpp"

#include <algorithm>
#include <limits>

#include "models/network/float_inference.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float min_width = 1.0F / 256;  // of a channel relative to the widest

/// A layer norm and the linear layers that alone read it, by node index.
struct Norm {
  size_t node;
  std::vector<size_t> linear;
};

struct ChannelRanges {
  std::vector<float> low, high;

  explicit ChannelRanges(size_t channels) : low(channels, infinity), high(channels, -infinity) {}

  void add(const std::vector<float>& values) {
    for (size_t i = 0; i < values.size(); ++i) {
      const size_t c = i % low.size();
      low[c] = std::min(low[c], values[i]);
      high[c] = std::max(high[c], values[i]);
    }
  }
  void add(const ChannelRanges& other) {
    add(other.low);
    add(other.high);
  }
};

std::vector<Norm> norms_of(const NetworkGraph& graph) {
  const std::vector<std::vector<int>> readers = consumers(graph);
  std::vector<Norm> norms;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!std::holds_alternative<LayerNormOp>(graph.nodes[i].operation)) continue;
    Norm norm{i, {}};
    std::vector<int> pending = readers[i + 1];
    bool absorbable = !pending.empty();
    while (!pending.empty()) {
      const auto reader = static_cast<size_t>(pending.back());
      pending.pop_back();
      const Operation& operation = graph.nodes[reader].operation;
      if (std::holds_alternative<LinearOp>(operation)) norm.linear.push_back(reader);
      else if (std::holds_alternative<SelectTokenOp>(operation))
        pending.insert(pending.end(), readers[reader + 1].begin(), readers[reader + 1].end());
      else absorbable = false;
    }
    if (absorbable && !norm.linear.empty()) norms.push_back(std::move(norm));
  }
  return norms;
}

/// Ranges of the outputs of norms on the calibration images, image ranges split over threads.
std::vector<ChannelRanges> observe(const NetworkGraph& graph, const std::vector<Norm>& norms, const Dataset& training,
                                   const QuantiseOptions& options) {
  std::vector<ChannelRanges> start;
  for (const Norm& norm : norms)
    start.emplace_back(std::get<LayerNormOp>(graph.nodes[norm.node].operation).gamma.data.size());
  const int parts = std::max(1, options.threads), images = std::min(options.images, training.count());
  std::vector<std::vector<ChannelRanges>> ranges(static_cast<size_t>(parts), start);
  const FloatInference inference(graph);
  parallel_for(parts, parts, [&](int64_t p) {
    for (int image = static_cast<int>(p); image < images; image += parts) {
      const std::vector<Tensor> values = inference.run(training.image(image));
      for (size_t n = 0; n < norms.size(); ++n) ranges[static_cast<size_t>(p)][n].add(values[norms[n].node + 1].data);
    }
  });
  for (size_t p = 1; p < ranges.size(); ++p)
    for (size_t n = 0; n < norms.size(); ++n) ranges[0][n].add(ranges[p][n]);
  return ranges[0];
}

/// y = (y - middle) / width in the norm; W (width y + middle) + b in the linear layer.
void absorb(LayerNormOp& norm, const std::vector<float>& middle, const std::vector<float>& width) {
  for (size_t c = 0; c < width.size(); ++c) {
    norm.gamma.data[c] /= width[c];
    norm.beta.data[c] = (norm.beta.data[c] - middle[c]) / width[c];
  }
}

void absorb(LinearOp& linear, const std::vector<float>& middle, const std::vector<float>& width) {
  const size_t channels = width.size(), outputs = linear.weight.data.size() / channels;
  if (linear.bias.empty()) linear.bias = zeros(Shape{static_cast<int64_t>(outputs)});
  for (size_t n = 0; n < outputs; ++n) {
    double bias = linear.bias.data[n];
    for (size_t c = 0; c < channels; ++c) {
      float& weight = linear.weight.data[n * channels + c];
      bias += double{weight} * middle[c];
      weight *= width[c];
    }
    linear.bias.data[n] = static_cast<float>(bias);
  }
}

}  // namespace

NetworkGraph equalise_norms(NetworkGraph graph, const Dataset& training, const QuantiseOptions& options) {
  const std::vector<Norm> norms = norms_of(graph);
  if (norms.empty()) return graph;
  const std::vector<ChannelRanges> ranges = observe(graph, norms, training, options);
  for (size_t n = 0; n < norms.size(); ++n) {
    const ChannelRanges& range = ranges[n];
    std::vector<float> middle, width;
    for (size_t c = 0; c < range.low.size(); ++c) {
      middle.push_back((range.low[c] + range.high[c]) / 2);
      width.push_back(range.high[c] - range.low[c]);
    }
    const float widest = *std::max_element(width.begin(), width.end());
    for (float& w : width) w = widest > 0 ? std::max(w / widest, min_width) : 1;
    absorb(std::get<LayerNormOp>(graph.nodes[norms[n].node].operation), middle, width);
    for (const size_t linear : norms[n].linear)
      absorb(std::get<LinearOp>(graph.nodes[linear].operation), middle, width);
  }
  return graph;
}

}  // namespace tram
