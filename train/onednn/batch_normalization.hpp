#pragma once
#include <memory>

namespace tram::train::onednn {

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, channel by channel over batch, height and width.
/// Activations nhwc; all others [channels].
/// Variance is the population's (divided by the count of elements).
class BatchNormalization {
 public:
  BatchNormalization(int batch, int channels, int height, int width, float epsilon);
  ~BatchNormalization();
  BatchNormalization(BatchNormalization&&) noexcept;

  /// Normalises with the statistics of x, which it also returns: x, gamma, beta -> y, mean, variance
  void forward_training(const float* x, const float* gamma, const float* beta, float* y, float* mean, float* variance);
  /// Normalises with the statistics given.
  void forward_inference(const float* x, const float* gamma, const float* beta, const float* mean,
                         const float* variance, float* y);
  /// Gradients with the mean and variance of forward_training: x, dy -> dx, dgamma, dbeta
  void backward(const float* x, const float* mean, const float* variance, const float* gamma, const float* dy,
                float* dx, float* dgamma, float* dbeta);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
