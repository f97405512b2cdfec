#pragma once
#include <string>
#include <vector>

#include "train/layers/layer.hpp"
#include "train/onednn/batch_normalization.hpp"

namespace tram::train {

/// Batch normalisation (Ioffe, Szegedy, ICML 2015): y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
/// Parameters NAME.weight (gamma) and NAME.bias (beta), running NAME.running_mean and NAME.running_var, all [C].
/// In training it uses the mean and population variance of this batch and returns them through the pass, the
/// variance times n / (n - 1), as PyTorch keeps it in the running statistics.
class BatchNorm : public Layer {
 public:
  /// Weight of a new batch in the running statistics: running := (1 - momentum) running + momentum batch.
  static constexpr float momentum = 0.1F;

  BatchNorm(NetworkParameters& parameters, const std::string& name, const BatchShape& shape, float epsilon);

  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  /// Gradients of y = forward(x), after a forward pass in training.
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape shape_;
  onednn::BatchNormalization primitive_;
  int64_t gamma_, beta_, running_mean_, running_variance_;
  std::vector<float> variance_;  ///< population variance of the last batch
  SpareGradient spare_;
};

}  // namespace tram::train
