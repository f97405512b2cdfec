#pragma once
#include <optional>
#include <vector>

#include "train/layers/batch_norm2d.hpp"
#include "train/layers/conv2d.hpp"
#include "train/layers/global_average_pool.hpp"
#include "train/layers/linear.hpp"
#include "train/layers/relu.hpp"
#include "train/layers/residual_add.hpp"
#include "train/layers/subsample.hpp"
#include "train/models/network.hpp"

namespace tram::train {

/// CIFAR ResNet of depth 6 n + 2 (He et al., CVPR 2016, section 4.2): a 3x3 convolution, three stages of n basic
/// blocks with width, 2 width and 4 width channels (the second and third halve the map), global average pool, linear.
struct ResNetShape {
  int depth = 20;
  int width = 16;  ///< a multiple of eight
  int classes = 10;
  int image_height = 32, image_width = 32;

  int blocks() const { return (depth - 2) / 6; }
  /// Throws InputError naming the option when the shape is impossible.
  void check() const;
};

/// relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)); the shortcut is the identity or option A.
class BasicBlock {
 public:
  BasicBlock(NetworkParameters& parameters, const std::string& name, const BatchShape& in, int out_channels,
             int stride);

  /// x [N][I][H][W] -> y [N][O][H / stride][W / stride]
  BatchTensor& forward(const ForwardPass& pass, const BatchTensor& x);
  /// dy (overwritten) -> dx [N][I][H][W]
  BatchTensor& backward(const BackwardPass& pass, BatchTensor& dy);
  void visit_outputs(const Network::Visitor& visit) const;
  const BatchShape& output_shape() const { return bn2_.output().shape(); }

 private:
  Conv2d conv1_;
  BatchNorm2d bn1_;
  Relu relu1_;
  Conv2d conv2_;
  BatchNorm2d bn2_;
  std::optional<Subsample> shortcut_;
  ResidualAdd add_;
  Relu relu2_;
  ResidualAdd add_gradients_;
};

/// Parameters are named as in the exported file: conv1.weight, bn1.{weight, bias, running_mean, running_var},
/// layerS.B.conv1.weight, ..., linear.{weight, bias}.
class ResNet : public Network {
 public:
  ResNet(const ResNetShape& shape, int batch);

  const NetworkParameters& parameters() const override { return parameters_; }
  const BatchShape& input_shape() const override { return input_shape_; }
  const BatchTensor& forward(const ForwardPass& pass, const BatchTensor& images) override;
  void backward(const BackwardPass& pass, const BatchTensor& dlogits) override;
  void visit_outputs(const Visitor& visit) const override;

 private:
  NetworkParameters parameters_;
  BatchShape input_shape_;
  Conv2d conv1_;
  BatchNorm2d bn1_;
  Relu relu_;
  std::vector<BasicBlock> blocks_;
  GlobalAveragePool pool_;
  Linear linear_;
};

}  // namespace tram::train
