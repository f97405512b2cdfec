#pragma once
#include <string>

#include "models/network/graph.hpp"
#include "models/network/resnet.hpp"

namespace tram::train {

inline LinearOp zero_linear(int out, int in) { return {zeros(Shape{out, in}), zeros(Shape{out})}; }

/// A transformer of one block: patches of 4 x 4, width 8, two heads, six classes, weights zero.
inline NetworkGraph small_vit() {
  NetworkGraph graph{"vit", {8, 8, 3}, {}};
  const auto norm = [&](const std::string& name, int x) {
    return graph.add(name, LayerNormOp{zeros(Shape{8}), zeros(Shape{8}), 1e-6F}, {x});
  };
  int x = graph.add("patch_embed.proj", ConvolutionOp{zeros(Shape{8, 3, 4, 4}), zeros(Shape{8}), 4, 0, 1}, {0});
  x = graph.add("flatten", FlattenPositionsOp{}, {x});
  x = graph.add("cls_token", PrependTokenOp{zeros(Shape{8})}, {x});
  x = graph.add("pos_embed", AddConstantOp{zeros(Shape{5, 1, 8})}, {x});
  const int qkv = graph.add("blocks.0.attn.qkv", zero_linear(24, 8), {norm("blocks.0.norm1", x)});
  const int q = graph.add("q", SliceChannelsOp{0, 8}, {qkv}), k = graph.add("k", SliceChannelsOp{8, 8}, {qkv});
  const int v = graph.add("v", SliceChannelsOp{16, 8}, {qkv});
  int y = graph.add("scores", AttentionScoresOp{2, 0.5F}, {q, k});
  y = graph.add("softmax", SoftmaxOp{}, {y});
  y = graph.add("context", AttentionContextOp{2}, {y, v});
  x = graph.add("add1", AddOp{}, {graph.add("blocks.0.attn.proj", zero_linear(8, 8), {y}), x});
  y = graph.add("blocks.0.mlp.fc1", zero_linear(16, 8), {norm("blocks.0.norm2", x)});
  y = graph.add("blocks.0.mlp.fc2", zero_linear(8, 16), {graph.add("gelu", GeluOp{}, {y})});
  x = graph.add("select", SelectTokenOp{0}, {norm("norm", graph.add("add2", AddOp{}, {y, x}))});
  graph.add("head", zero_linear(6, 8), {x});
  return graph;
}

/// "resnet" (ResNet-8 of width 8 on 12 x 12 images) or "vit", weights zero.
inline NetworkGraph small_graph(const std::string& name) {
  if (name == "vit") return small_vit();
  const ResnetCifar architecture{.blocks = 1, .width = 8, .input = {12, 12, 3}};
  return resnet_cifar(architecture, [](const std::string&, const Shape& shape) { return zeros(shape); });
}

}  // namespace tram::train
