#pragma once
#include <cstdint>
#include <memory>

namespace tram::train::onednn {

/// max(x, 0) on `size` values; both directions work in place.
class Relu {
 public:
  explicit Relu(int64_t size);
  ~Relu();
  Relu(Relu&&) noexcept;

  /// x := max(x, 0)
  void forward(float* x);
  /// From the result y of forward(): dy := dy where y > 0, else 0
  void backward(const float* y, float* dy);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
