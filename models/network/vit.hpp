#pragma once
#include <optional>

#include "models/network/graph.hpp"
#include "models/network/parameter_source.hpp"

namespace tram {

/// The vision transformer (Dosovitskiy et al., ICLR 2021; DeiT: Touvron et al., ICML 2021): a patch embedding, a class
/// token, learnt positions, `depth` pre-norm blocks of attention and MLP (GELU by erf), a last layer norm, and a
/// linear layer on the class token.
struct VisionTransformer {
  int patch = 16;
  int width = 192;
  int depth = 12;
  int heads = 3;     ///< width / 64 in the published models
  int hidden = 768;  ///< of the MLP
  int classes = 1000;
  FeatureShape input = {224, 224, 3};
  float epsilon = 1e-6F;  ///< of every layer norm

  int tokens() const { return (input.height / patch) * (input.width / patch) + 1; }
};

/// Builds the graph; parameters are asked for by their names in timm: cls_token [1, 1, D], pos_embed [1, T, D],
/// patch_embed.proj.{weight, bias}, blocks.B.{norm1, attn.qkv, attn.proj, norm2, mlp.fc1, mlp.fc2}.{weight, bias},
/// norm.{weight, bias}, head.{weight, bias}. Nodes bear the parameters' names without ".weight"; the others are
/// patch_embed.flatten, blocks.B.attn.{q, k, v, scores, softmax, context}, blocks.B.{add1, add2}, blocks.B.mlp.act and
/// class_token (the one that the head reads).
NetworkGraph vision_transformer(const VisionTransformer& architecture, const ParameterSource& parameters);

/// The architecture from the shapes of the tensors in the file. Heads are those that the file's metadata state as
/// num_heads, else width / 64; the image is square. InputError for shapes that are no vision transformer's.
VisionTransformer vision_transformer_architecture(const SafeTensors& file);

/// Heads of the graph's attention, which the shapes of its tensors do not tell; nothing without attention.
std::optional<int> attention_heads(const NetworkGraph& graph);

/// Vision transformer whose weights are in the file.
NetworkGraph vision_transformer(const SafeTensors& file);

}  // namespace tram
