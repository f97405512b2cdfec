#pragma once
#include "train/layers/layer.hpp"

namespace tram::train {

/// Option A shortcut of CIFAR ResNets (He et al., CVPR 2016, section 4.2): every stride-th row and column, then
/// channels zero-padded to out_channels, (out_channels - in channels) / 2 of them before the input's. No parameters.
/// x [N][H][W][I] -> y [N][ceil(H / stride)][ceil(W / stride)][O]
class Subsample : public Layer {
 public:
  Subsample(const BatchShape& in, int out_channels, int stride);

  BatchShape output_shape() const override { return out_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape in_, out_;
  int stride_, pad_before_;
};

}  // namespace tram::train
