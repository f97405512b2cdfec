#pragma once
#include "models/network/vit.hpp"
#include "tests/network/test_networks.hpp"

namespace tram {

/// Two blocks of two heads on 10 tokens of 16 channels, random parameters; residual streams with an outlier channel.
inline NetworkGraph small_transformer(uint32_t seed) {
  VisionTransformer architecture;
  architecture.patch = 4;
  architecture.width = 16;
  architecture.depth = 2;
  architecture.heads = 2;
  architecture.hidden = 24;
  architecture.classes = 5;
  architecture.input = {12, 12, 3};
  NetworkGraph graph = vision_transformer(architecture, random_parameters(seed));
  for (GraphNode& node : graph.nodes)
    if (auto* positions = std::get_if<AddConstantOp>(&node.operation))
      for (size_t i = 3; i < positions->value.data.size(); i += 16) positions->value.data[i] += 30.0F;
  return graph;
}

/// The graph with a causal mask added to all scores: token t sees keys 0 .. t, the others get `masked`.
inline NetworkGraph with_causal_mask(const NetworkGraph& graph, float masked) {
  NetworkGraph result{graph.name, graph.input, {}};
  const std::vector<FeatureShape> shapes = infer_shapes(graph);
  std::vector<int> moved = {0};
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    std::vector<int> inputs;
    for (const int value : graph.nodes[i].inputs) inputs.push_back(moved[static_cast<size_t>(value)]);
    int value = result.add(graph.nodes[i].name, graph.nodes[i].operation, std::move(inputs));
    if (std::holds_alternative<AttentionScoresOp>(graph.nodes[i].operation)) {
      const FeatureShape& shape = shapes[i + 1];
      Tensor mask = zeros(shape);
      for (int64_t at = 0; at < shape.size(); ++at)
        if (at % shape.channels > at / (int64_t{shape.width} * shape.channels))
          mask.data[static_cast<size_t>(at)] = masked;
      value = result.add(graph.nodes[i].name + ".mask", AddConstantOp{std::move(mask)}, {value});
    }
    moved.push_back(value);
  }
  return result;
}

/// Grouped and depthwise convolutions, ReLU6, look-ups, a max pool and a residual addition, as of mobile networks.
inline NetworkGraph small_mobile_network(uint32_t seed) {
  const ParameterSource source = random_parameters(seed);
  const auto conv = [&](Shape shape, int stride, int padding, int groups) {
    return ConvolutionOp{source("conv.weight", shape), source("bias", {shape[0]}), stride, padding, groups};
  };
  NetworkGraph graph{"small_mobile", {12, 12, 3}, {}};
  int x = graph.add("stem", conv({8, 3, 3, 3}, 1, 1, 1), {0});
  x = graph.add("stem.act", UnaryOp{UnaryKind::relu6}, {x});
  const int pooled = graph.add("pool", MaxPoolOp{3, 2, 1}, {x});
  x = graph.add("depthwise", conv({8, 1, 3, 3}, 1, 1, 8), {pooled});
  x = graph.add("depthwise.act", UnaryOp{UnaryKind::hard_swish}, {x});
  x = graph.add("grouped", conv({8, 2, 3, 3}, 1, 1, 4), {x});
  x = graph.add("add", AddOp{}, {x, pooled});
  x = graph.add("relu", ReluOp{}, {x});
  x = graph.add("mean", GlobalAveragePoolOp{}, {x});
  graph.add("classifier", LinearOp{source("linear.weight", {5, 8}), source("bias", {5})}, {x});
  return graph;
}

}  // namespace tram
