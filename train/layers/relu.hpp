#pragma once
#include "train/layers/batch_tensor.hpp"
#include "train/onednn/relu.hpp"

namespace tram::train {

/// max(x, 0), in place in both directions. The layer before must not need its own output in its backward pass.
class Relu {
 public:
  explicit Relu(const BatchShape& shape) : primitive_(shape.size()) {}

  /// x [N][C][H][W] := max(x, 0); the result must live until backward.
  BatchTensor& forward(BatchTensor& x) {
    y_ = &x;
    primitive_.forward(x.data());
    return x;
  }

  /// dy [N][C][H][W] := dy where the result was positive, else 0.
  BatchTensor& backward(BatchTensor& dy) {
    primitive_.backward(y_->data(), dy.data());
    return dy;
  }

 private:
  onednn::Relu primitive_;
  const BatchTensor* y_ = nullptr;
};

}  // namespace tram::train
