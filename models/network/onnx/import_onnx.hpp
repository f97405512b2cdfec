#pragma once
#include <filesystem>

#include "models/network/graph.hpp"
#include "models/network/onnx/onnx_model.hpp"

namespace tram {

/// The network in an ONNX file (opset 11 .. 21, fp32, images [N, C, H, W], one output), as exported from torchvision's
/// and timm's ResNets, MobileNets, ViT and DeiT. Layout operators (Reshape,
/// Flatten, Transpose, Squeeze, Unsqueeze, Split, Slice, Gather) are followed symbolically (axis_view.hpp); the
/// products of attention, layer norms, GELU and hard functions written as chains become one node each; arithmetic
/// between constants is done here; products with and additions of constants join the layer before them. Batch norms
/// stay nodes (fold_batch_norm folds them). The graph is that of one image, whether the file leaves N free or fixes it.
/// Convolutions and pools have equal padding on all four sides (SAME where that is what it comes to), one stride and no
/// dilation.
/// Operators: Add, AveragePool, BatchNormalization, Cast, Clip, Concat (of a constant token before a sequence), Conv,
/// Div, Dropout, Erf (in GELU), Expand, Flatten, Gather, Gelu, Gemm, GlobalAveragePool, HardSigmoid, HardSwish,
/// Identity, LayerNormalization, MatMul, MaxPool, Mul, Pad (of option A shortcuts), ReduceMean (over positions), Relu,
/// Reshape, Shape, Sigmoid, Slice, Softmax, Split, Squeeze, Sub, Tanh, Transpose, Unsqueeze, and those between
/// constants.
/// The network is named by the file's stem. Nodes are named by their parameters ("blocks.0.attn.qkv"), else by module
/// and kind ("layer1.0.relu", "blocks.0.attn.scores").
/// InputError "file, node NAME (OPERATOR): reason" for what is not supported or contradicts itself; several such nodes
/// (20 at most) are in one message. Constants and parameters may have 2^26 and four times the file's elements in all,
/// the values of an image 2^30.
NetworkGraph import_onnx(const std::filesystem::path& path);

/// Graph of a model in memory, named `name`.
NetworkGraph import_onnx(OnnxModel model, const std::string& name);

}  // namespace tram
