#pragma once
#include "train/layers/batch_tensor.hpp"
#include "train/onednn/average_pooling.hpp"

namespace tram::train {

/// Mean over height and width; channels a multiple of eight.
class GlobalAveragePool {
 public:
  explicit GlobalAveragePool(const BatchShape& in)
      : primitive_(in.batch, in.channels, in.height, in.width), y_({in.batch, in.channels, 1, 1}), dx_(in) {}

  /// x [N][C][H][W] -> y [N][C][1][1]
  BatchTensor& forward(const BatchTensor& x) {
    primitive_.forward(x.data(), y_.data());
    return y_;
  }

  /// dy [N][C][1][1] -> dx [N][C][H][W]
  BatchTensor& backward(const BatchTensor& dy) {
    primitive_.backward(dy.data(), dx_.data());
    return dx_;
  }

 private:
  onednn::AveragePooling primitive_;
  BatchTensor y_, dx_;
};

}  // namespace tram::train
