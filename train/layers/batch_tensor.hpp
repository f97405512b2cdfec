#pragma once
#include <cstdint>
#include <memory>
#include <new>
#include <span>

namespace tram::train {

/// A batch of feature maps, [N][C][H][W].
struct BatchShape {
  int batch = 1, channels = 1, height = 1, width = 1;
  int64_t size() const { return int64_t{batch} * channels * height * width; }
  int64_t pixels() const { return int64_t{batch} * height * width; }
  bool operator==(const BatchShape&) const = default;
};

/// fp32 values of a batch, 64-byte aligned, zero at first. In memory: nChw8c (blocks of eight channels, channels
/// within a block fastest) when the channels fill whole blocks, else plain nchw. [N][C][1][1] is plain [N][C] in both.
class BatchTensor {
 public:
  BatchTensor() = default;
  explicit BatchTensor(const BatchShape& shape)
      : shape_(shape),
        values_(new (std::align_val_t{64}) float[static_cast<size_t>(shape.size())]()) {}

  const BatchShape& shape() const { return shape_; }
  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  std::span<float> values() { return {values_.get(), static_cast<size_t>(shape_.size())}; }
  std::span<const float> values() const { return {values_.get(), static_cast<size_t>(shape_.size())}; }

  float& at(int n, int c, int h, int w) { return values_[offset(n, c, h, w)]; }
  float at(int n, int c, int h, int w) const { return values_[offset(n, c, h, w)]; }

 private:
  struct Release {
    void operator()(float* values) const { operator delete[](values, std::align_val_t{64}); }
  };
  size_t offset(int n, int c, int h, int w) const {
    const int block = shape_.channels % 8 == 0 ? 8 : 1;
    const int64_t blocks = shape_.channels / block;
    const int64_t pixel = ((n * blocks + c / block) * shape_.height + h) * shape_.width + w;
    return static_cast<size_t>(pixel * block + c % block);
  }

  BatchShape shape_{0, 0, 0, 0};
  std::unique_ptr<float[], Release> values_;
};

}  // namespace tram::train
