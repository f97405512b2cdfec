#pragma once
#include <cstdint>
#include <memory>

namespace tram::train::onednn {

/// y = exp(x) / sum exp(x) along each row of [rows][channels].
class Softmax {
 public:
  Softmax(int64_t rows, int channels);
  ~Softmax();
  Softmax(Softmax&&) noexcept;

  void forward(const float* x, float* y);
  /// y of forward(), dy -> dx; dx may be dy
  void backward(const float* y, const float* dy, float* dx);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
