#pragma once
#include <cstdint>
#include <memory>

namespace tram::train::onednn {

/// Element-wise sum of two buffers of `size` values; y may be a.
class Add {
 public:
  explicit Add(int64_t size);
  ~Add();
  Add(Add&&) noexcept;

  /// y := a + b
  void forward(const float* a, const float* b, float* y);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tram::train::onednn
