#pragma once
#include <cstdint>
#include <memory>

namespace tram::train::onednn {

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, row by row (Ba, Kiros, Hinton, 2016). x, y [rows][channels];
/// gamma, beta [channels]; mean and population variance [rows].
class LayerNormalization {
 public:
  LayerNormalization(int64_t rows, int channels, float epsilon);
  ~LayerNormalization();
  LayerNormalization(LayerNormalization&&) noexcept;

  /// x, gamma, beta -> y, mean, variance
  void forward(const float* x, const float* gamma, const float* beta, float* y, float* mean, float* variance);
  /// x, mean, variance, gamma, dy -> dx, dgamma, dbeta
  void backward(const float* x, const float* mean, const float* variance, const float* gamma, const float* dy,
                float* dx, float* dgamma, float* dbeta);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
