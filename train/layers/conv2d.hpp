#pragma once
#include <string>

#include "train/layers/batch_tensor.hpp"
#include "train/layers/parameters.hpp"
#include "train/onednn/convolution.hpp"

namespace tram::train {

/// Convolution without bias; parameter NAME.weight [O][I][kernel][kernel].
class Conv2d {
 public:
  Conv2d(NetworkParameters& parameters, const std::string& name, const BatchShape& in, int out_channels, int kernel,
         int stride, int padding);

  /// x [N][I][H][W] -> y [N][O][H'][W']; x must live until backward.
  BatchTensor& forward(const ForwardPass& pass, const BatchTensor& x);
  /// dy [N][O][H'][W'] -> dx [N][I][H][W] and the gradient of the weights.
  BatchTensor& backward(const BackwardPass& pass, const BatchTensor& dy);
  /// The gradient of the weights only, for a layer that reads the image.
  void backward_weights(const BackwardPass& pass, const BatchTensor& dy);

  const std::string& name() const { return name_; }
  const BatchTensor& output() const { return y_; }

 private:
  std::string name_;
  onednn::Convolution primitive_;
  int64_t weight_;
  const BatchTensor* x_ = nullptr;
  BatchTensor y_, dx_;
};

}  // namespace tram::train
