#pragma once
#include <memory>

namespace tram::train::onednn {

/// A window that moves by `stride`, over a map with `padding` on every side. Activations nhwc.
struct PoolingShape {
  enum class Kind { maximum, average } kind = Kind::average;  ///< average: over what lies on the map
  int batch = 1, channels = 1, height = 1, width = 1;
  int kernel_height = 1, kernel_width = 1, stride = 1, padding = 0;

  int out_height() const { return (height + 2 * padding - kernel_height) / stride + 1; }
  int out_width() const { return (width + 2 * padding - kernel_width) / stride + 1; }
};

class Pooling {
 public:
  explicit Pooling(const PoolingShape& shape);
  ~Pooling();
  Pooling(Pooling&&) noexcept;

  void forward(const float* x, float* y);
  /// Gradient dx from dy, after forward(), which notes where each maximum was.
  void backward(const float* dy, float* dx);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
