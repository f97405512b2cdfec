#include "models/network/vit.hpp"

#include <charconv>
#include <cmath>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// Appends the layers of a vision transformer to a graph, asking for each parameter by its name.
class TransformerBuilder {
 public:
  TransformerBuilder(const VisionTransformer& architecture, const ParameterSource& parameters)
      : a_(architecture), parameters_(parameters) {
    graph_.name = "vit";
    graph_.input = architecture.input;
  }

  NetworkGraph build() {
    int x = embed();
    for (int b = 0; b < a_.depth; ++b) x = block(fmt::format("blocks.{}.", b), x);
    x = layer_norm("norm", x);
    x = graph_.add("class_token", SelectTokenOp{0}, {x});
    linear("head", x, a_.width, a_.classes);
    return std::move(graph_);
  }

 private:
  int embed() {
    Tensor weight = parameters_("patch_embed.proj.weight", {a_.width, a_.input.channels, a_.patch, a_.patch});
    Tensor bias = parameters_("patch_embed.proj.bias", {a_.width});
    int x = graph_.add("patch_embed.proj", ConvolutionOp{std::move(weight), std::move(bias), a_.patch, 0}, {0});
    x = graph_.add("patch_embed.flatten", FlattenPositionsOp{}, {x});
    Tensor token = parameters_("cls_token", {1, 1, a_.width});
    token.shape = {a_.width};
    x = graph_.add("cls_token", PrependTokenOp{std::move(token)}, {x});
    Tensor positions = parameters_("pos_embed", {1, a_.tokens(), a_.width});
    positions.shape = {a_.tokens(), 1, a_.width};
    return graph_.add("pos_embed", AddConstantOp{std::move(positions)}, {x});
  }

  int block(const std::string& prefix, int x) {
    int y = layer_norm(prefix + "norm1", x);
    y = attention(prefix + "attn.", y);
    x = graph_.add(prefix + "add1", AddOp{}, {x, y});
    y = layer_norm(prefix + "norm2", x);
    y = linear(prefix + "mlp.fc1", y, a_.width, a_.hidden);
    y = graph_.add(prefix + "mlp.act", GeluOp{}, {y});
    y = linear(prefix + "mlp.fc2", y, a_.hidden, a_.width);
    return graph_.add(prefix + "add2", AddOp{}, {x, y});
  }

  int attention(const std::string& prefix, int x) {
    const int qkv = linear(prefix + "qkv", x, a_.width, 3 * a_.width);
    const auto part = [&](const char* name, int index) {
      return graph_.add(prefix + name, SliceChannelsOp{index * a_.width, a_.width}, {qkv});
    };
    const int q = part("q", 0), k = part("k", 1), v = part("v", 2);
    const auto scale = static_cast<float>(1 / std::sqrt(double(a_.width) / a_.heads));
    int y = graph_.add(prefix + "scores", AttentionScoresOp{a_.heads, scale}, {q, k});
    y = graph_.add(prefix + "softmax", SoftmaxOp{}, {y});
    y = graph_.add(prefix + "context", AttentionContextOp{a_.heads}, {y, v});
    return linear(prefix + "proj", y, a_.width, a_.width);
  }

  int linear(const std::string& name, int x, int in, int out) {
    Tensor weight = parameters_(name + ".weight", {out, in});
    return graph_.add(name, LinearOp{std::move(weight), parameters_(name + ".bias", {out})}, {x});
  }

  int layer_norm(const std::string& name, int x) {
    Tensor gamma = parameters_(name + ".weight", {a_.width});
    return graph_.add(name, LayerNormOp{std::move(gamma), parameters_(name + ".bias", {a_.width}), a_.epsilon}, {x});
  }

  const VisionTransformer& a_;
  const ParameterSource& parameters_;
  NetworkGraph graph_;
};

/// Heads of 64 channels, unless the file's metadata say otherwise.
int heads_of(const SafeTensors& file, int width) {
  const auto found = file.metadata().find("num_heads");
  int heads = width / 64;
  if (found != file.metadata().end()) {
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), heads);
    if (error != std::errc() || end != text.data() + text.size()) heads = 0;
  }
  if (heads < 1 || width % heads != 0)
    throw InputError(file.path(), fmt::format("width {} without a number of heads that divides it; a multiple of 64, "
                                              "or num_heads in the metadata, is expected",
                                              width));
  return heads;
}

}  // namespace

NetworkGraph vision_transformer(const VisionTransformer& architecture, const ParameterSource& parameters) {
  return TransformerBuilder(architecture, parameters).build();
}

VisionTransformer vision_transformer_architecture(const SafeTensors& file) {
  VisionTransformer a;
  a.width = tensor_extent(file, "patch_embed.proj.weight", 4, 0);
  a.patch = tensor_extent(file, "patch_embed.proj.weight", 4, 2);
  a.heads = heads_of(file, a.width);
  a.hidden = tensor_extent(file, "blocks.0.mlp.fc1.weight", 2, 0);
  a.classes = tensor_extent(file, "head.weight", 2, 0);
  a.depth = 1;
  while (file.contains(fmt::format("blocks.{}.norm1.weight", a.depth))) ++a.depth;
  const int patches = tensor_extent(file, "pos_embed", 3, 1) - 1;
  const int side = static_cast<int>(std::lround(std::sqrt(patches)));
  if (side < 1 || side * side != patches || side * a.patch > 4096)
    throw InputError(file.path(), fmt::format("tensor pos_embed: {} positions; those of a class token and of the "
                                              "patches of a square image, at most 4096 x 4096, are expected",
                                              patches + 1));
  a.input = {side * a.patch, side * a.patch, tensor_extent(file, "patch_embed.proj.weight", 4, 1)};
  return a;
}

NetworkGraph vision_transformer(const SafeTensors& file) {
  return vision_transformer(vision_transformer_architecture(file), parameters_of(file));
}

std::optional<int> attention_heads(const NetworkGraph& graph) {
  for (const GraphNode& node : graph.nodes)
    if (const auto* scores = std::get_if<AttentionScoresOp>(&node.operation)) return scores->heads;
  return std::nullopt;
}

}  // namespace tram
