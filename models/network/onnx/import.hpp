#pragma once
#include <filesystem>

#include "models/network/graph.hpp"
#include "models/network/onnx/onnx_model.hpp"

namespace tram {

/// The network in an ONNX file (opset 11 .. 17, fp32, one image [1, C, H, W] with the batch extent fixed to 1 or free,
/// one output), as exported from torchvision's and timm's ResNets, MobileNets, ViT and DeiT. Layout operators (Reshape,
/// Flatten, Transpose, Squeeze, Unsqueeze, Split, Slice, Gather) are followed symbolically (axis_view.hpp); the
/// products of attention, layer norms, GELU and hard functions written as chains become one node each; arithmetic
/// between constants is done here; products with and additions of constants join the layer before them. Batch norms
/// stay nodes (fold_batch_norm folds them).
/// Operators: Add, AveragePool, BatchNormalization, Cast, Clip, Concat (of a constant token before a sequence), Conv,
/// Div, Dropout, Erf (in GELU), Expand, Flatten, Gather, Gemm, GlobalAveragePool, HardSigmoid, HardSwish, Identity,
/// LayerNormalization, MatMul, MaxPool, Mul, Pad (of option A shortcuts), ReduceMean (over positions), Relu, Reshape,
/// Shape, Sigmoid, Slice, Softmax, Split, Squeeze, Sub, Tanh, Transpose, Unsqueeze, and those between constants.
/// The network is named by the file's stem. Nodes are named by their parameters ("blocks.0.attn.qkv"), else by module
/// and kind ("layer1.0.relu", "blocks.0.attn.scores").
/// InputError "file, node NAME (OPERATOR): reason" for what is not supported, and for broken files.
NetworkGraph import_onnx(const std::filesystem::path& path);

/// The same from a model in memory, named `name`.
NetworkGraph import_onnx(OnnxModel model, const std::string& name);

}  // namespace tram
