#pragma once
#include <memory>
#include <span>

#include "models/network/graph.hpp"
#include "train/layers/layer.hpp"
#include "train/onednn/convolution_primitive.hpp"

namespace tram::train {

/// The shape of a convolution on maps of this shape.
onednn::ConvolutionShape convolution_shape(const ConvolutionOp& op, const BatchShape& in);

/// The trainable layer of a node, whose inputs have these shapes. Its parameters are appended, named as in the
/// published weights of the network ("layer1.0.conv1.weight"). Throws InputError naming the node when its operation
/// cannot be trained.
std::unique_ptr<Layer> make_layer(NetworkParameters& parameters, const GraphNode& node,
                                  std::span<const BatchShape> inputs);

}  // namespace tram::train
