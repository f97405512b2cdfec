#pragma once
#include "train/layers/batch_tensor.hpp"

namespace tram::train {

/// Option A shortcut of CIFAR ResNets (He et al., CVPR 2016, section 4.2): every stride-th row and column, then
/// channels zero-padded to out_channels, (out_channels - in channels) / 2 of them before the input's. No parameters.
class Subsample {
 public:
  Subsample(const BatchShape& in, int out_channels, int stride);

  /// x [N][I][H][W] -> y [N][O][ceil(H / stride)][ceil(W / stride)]
  BatchTensor& forward(const BatchTensor& x);
  /// dy [N][O][H'][W'] -> dx [N][I][H][W], zero where the forward pass did not look
  BatchTensor& backward(const BatchTensor& dy);

 private:
  int stride_, pad_before_;
  BatchTensor y_, dx_;
};

}  // namespace tram::train
