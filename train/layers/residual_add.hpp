#pragma once
#include "train/layers/batch_tensor.hpp"
#include "train/onednn/add.hpp"

namespace tram::train {

/// The sum of a block's path and its shortcut. Its derivative is 1 for both, so a block's backward pass hands dy to
/// both paths, whose gradients meet at the block's input by the same addition.
class ResidualAdd {
 public:
  explicit ResidualAdd(const BatchShape& shape) : primitive_(shape.size()) {}

  /// a [N][C][H][W] := a + b
  BatchTensor& forward(BatchTensor& a, const BatchTensor& b) {
    primitive_.forward(a.data(), b.data(), a.data());
    return a;
  }

 private:
  onednn::Add primitive_;
};

}  // namespace tram::train
