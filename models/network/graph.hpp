#pragma once
#include <string>
#include <variant>
#include <vector>

#include "models/network/tensor.hpp"

namespace tram {

/// Two-dimensional convolution, square stride, zero padding on every side.
struct ConvolutionOp {
  Tensor weight;    ///< OIHW
  Tensor bias;      ///< [O]; empty: none
  int stride = 1;   ///< >= 1
  int padding = 0;  ///< >= 0, rows and columns
};

/// Inference batch norm, channel by channel: (x - mean) / sqrt(variance + epsilon) * gamma + beta.
struct BatchNormOp {
  Tensor gamma, beta, mean, variance;  ///< [C] each
  float epsilon = 1e-5F;
};

/// y = W x + b on the channels of each position (a 1 x 1 map, or one token a position).
struct LinearOp {
  Tensor weight;  ///< [out, in]
  Tensor bias;    ///< [out]; empty: none
};

struct ReluOp {};

/// Element-wise sum of two maps of one shape.
struct AddOp {};

/// Mean over height and width: H x W x C to 1 x 1 x C.
struct GlobalAveragePoolOp {};

/// Option A shortcut of CIFAR ResNets (He et al., CVPR 2016, section 4.2): every stride-th row and column, then
/// channels zero-padded to out_channels, (out_channels - in channels) / 2 of them before the input's channels.
struct SubsampleOp {
  int stride = 2;
  int out_channels = 0;
};

using Operation =
    std::variant<ConvolutionOp, BatchNormOp, LinearOp, ReluOp, AddOp, GlobalAveragePoolOp, SubsampleOp>;

/// "conv", "batch_norm", "linear", "relu", "add", "global_average_pool" or "subsample".
std::string kind(const Operation& operation);

struct GraphNode {
  std::string name;         ///< as in the weights file, e.g. "layer1.0.conv1"; unique in the graph
  Operation operation;
  std::vector<int> inputs;  ///< indices of values, each defined before this node
};

/// A feed-forward network in execution order. Value 0 is the input image, value i + 1 the output of nodes[i];
/// the last value are the logits.
struct NetworkGraph {
  std::string name;
  FeatureShape input;
  std::vector<GraphNode> nodes;

  int value_count() const { return static_cast<int>(nodes.size()) + 1; }
  /// Appends a node and returns the index of the value it defines.
  int add(std::string node_name, Operation operation, std::vector<int> inputs);
};

/// The shape of every value. Throws InputError naming network and node when weights and shapes do not fit.
std::vector<FeatureShape> infer_shapes(const NetworkGraph& graph);

/// For every value, the nodes that read it.
std::vector<std::vector<int>> consumers(const NetworkGraph& graph);

/// Total multiply-accumulate operations of convolutions and linear layers.
int64_t mac_count(const NetworkGraph& graph);

}  // namespace tram
