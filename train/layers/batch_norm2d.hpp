#pragma once
#include <string>

#include "train/layers/batch_tensor.hpp"
#include "train/layers/parameters.hpp"
#include "train/onednn/batch_normalization.hpp"

namespace tram::train {

/// Batch normalisation (Ioffe, Szegedy, ICML 2015): y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
/// Parameters NAME.weight (gamma) and NAME.bias (beta), running NAME.running_mean and NAME.running_var, all [C].
/// In training it uses the mean and population variance of this batch and returns them through the pass, the
/// variance times n / (n - 1), as PyTorch keeps it in the running statistics.
class BatchNorm2d {
 public:
  static constexpr float epsilon = 1e-5F;
  /// Weight of a new batch in the running statistics: running := (1 - momentum) running + momentum batch.
  static constexpr float momentum = 0.1F;

  BatchNorm2d(NetworkParameters& parameters, const std::string& name, const BatchShape& shape);

  /// x [N][C][H][W] -> y [N][C][H][W]; x must live until backward.
  BatchTensor& forward(const ForwardPass& pass, const BatchTensor& x);
  /// dy [N][C][H][W] -> dx [N][C][H][W] and the gradients of gamma and beta; after a forward pass in training.
  BatchTensor& backward(const BackwardPass& pass, const BatchTensor& dy);

  const std::string& name() const { return name_; }
  const BatchTensor& output() const { return y_; }

 private:
  std::string name_;
  onednn::BatchNormalization primitive_;
  int64_t gamma_, beta_, running_mean_, running_variance_;
  const BatchTensor* x_ = nullptr;
  BatchTensor y_, dx_;
  std::vector<float> variance_;  ///< population variance of the last batch
};

}  // namespace tram::train
