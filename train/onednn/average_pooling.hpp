#pragma once
#include <memory>

namespace tram::train::onednn {

/// Mean over the whole map. Activations nChw8c (channels a multiple of eight), means plain [batch][channels].
class AveragePooling {
 public:
  AveragePooling(int batch, int channels, int height, int width);
  ~AveragePooling();
  AveragePooling(AveragePooling&&) noexcept;

  /// x [N][C][H][W] -> y [N][C]
  void forward(const float* x, float* y);
  /// dy [N][C] -> dx [N][C][H][W]
  void backward(const float* dy, float* dx);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
