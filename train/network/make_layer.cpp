#include "train/network/make_layer.hpp"

#include <algorithm>

#include "models/support/error.hpp"
#include "train/layers/attention.hpp"
#include "train/layers/batch_norm.hpp"
#include "train/layers/convolution.hpp"
#include "train/layers/elementwise.hpp"
#include "train/layers/layer_norm.hpp"
#include "train/layers/linear.hpp"
#include "train/layers/pooling.hpp"
#include "train/layers/subsample.hpp"
#include "train/layers/tokens.hpp"

namespace tram::train {
namespace {

using Made = std::unique_ptr<Layer>;
using PoolKind = onednn::PoolingShape::Kind;

/// A constant with values below -1000 masks keys of attention: no training may change it.
bool is_mask(const AddConstantOp& op) {
  return std::ranges::any_of(op.value.data, [](float value) { return value < -1000; });
}

/// One overload for each operation that can be trained.
struct Maker {
  NetworkParameters& parameters;
  const GraphNode& node;
  std::span<const BatchShape> in;

  Made operator()(const ConvolutionOp& op) const {
    return std::make_unique<Convolution>(parameters, node.name, convolution_shape(op, in[0]));
  }
  Made operator()(const BatchNormOp& op) const {
    return std::make_unique<BatchNorm>(parameters, node.name, in[0], op.epsilon);
  }
  Made operator()(const LayerNormOp& op) const {
    return std::make_unique<LayerNorm>(parameters, node.name, in[0], op.epsilon);
  }
  Made operator()(const LinearOp& op) const {
    return std::make_unique<Linear>(parameters, node.name, in[0], static_cast<int>(op.weight.shape[0]),
                                    !op.bias.empty());
  }
  Made operator()(const ReluOp&) const { return std::make_unique<Activation>(Activation::Function::relu, in[0]); }
  Made operator()(const GeluOp&) const { return std::make_unique<Activation>(Activation::Function::gelu, in[0]); }
  Made operator()(const SoftmaxOp&) const { return std::make_unique<SoftmaxLayer>(in[0]); }
  Made operator()(const AddOp&) const { return std::make_unique<Addition>(in[0]); }
  Made operator()(const GlobalAveragePoolOp&) const { return pool(PoolKind::average, in[0].height, in[0].width, 1, 0); }
  Made operator()(const MaxPoolOp& op) const {
    return pool(PoolKind::maximum, op.kernel, op.kernel, op.stride, op.padding);
  }
  Made operator()(const SubsampleOp& op) const {
    return std::make_unique<Subsample>(in[0], op.out_channels, op.stride);
  }
  Made operator()(const SliceChannelsOp& op) const {
    return std::make_unique<Slice>(in[0], Slice::Range{0, in[0].height}, Slice::Range{op.first, op.count});
  }
  Made operator()(const SelectTokenOp& op) const {
    return std::make_unique<Slice>(in[0], Slice::Range{op.index, 1}, Slice::Range{0, in[0].channels});
  }
  Made operator()(const AttentionScoresOp& op) const {
    return std::make_unique<AttentionScores>(in[0], in[1], op.heads, op.scale);
  }
  Made operator()(const AttentionContextOp&) const { return std::make_unique<AttentionContext>(in[0], in[1]); }
  Made operator()(const PrependTokenOp&) const { return std::make_unique<PrependToken>(parameters, node.name, in[0]); }
  Made operator()(const AddConstantOp& op) const {
    if (is_mask(op)) return std::make_unique<AddMask>(op.value.data, in[0]);
    return std::make_unique<AddParameter>(parameters, node.name, in[0]);
  }
  Made operator()(const FlattenPositionsOp&) const {
    return std::make_unique<Reshape>(in[0], BatchShape(in[0].batch, in[0].channels, in[0].height * in[0].width, 1));
  }
  template <typename Other>
  Made operator()(const Other&) const {
    throw InputError(node.name, fmt::format("operation {} cannot be trained; convolution, linear, normalisation, "
                                            "attention, relu, gelu, pooling and additions are expected",
                                            kind(node.operation)));
  }

 private:
  Made pool(PoolKind kind, int height, int width, int stride, int padding) const {
    return std::make_unique<Pooling>(onednn::PoolingShape{kind, in[0].batch, in[0].channels, in[0].height, in[0].width,
                                                          height, width, stride, padding});
  }
};

}  // namespace

onednn::ConvolutionShape convolution_shape(const ConvolutionOp& op, const BatchShape& in) {
  const auto size = [&](size_t axis) { return static_cast<int>(op.weight.shape[axis]); };
  return {in.batch, in.channels, size(0),   op.groups,  in.height,       in.width,
          size(2),  size(3),     op.stride, op.padding, !op.bias.empty()};
}

std::unique_ptr<Layer> make_layer(NetworkParameters& parameters, const GraphNode& node,
                                  std::span<const BatchShape> inputs) {
  return std::visit(Maker{parameters, node, inputs}, node.operation);
}

}  // namespace tram::train
