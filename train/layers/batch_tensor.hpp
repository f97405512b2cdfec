#pragma once
#include <cstdint>
#include <memory>
#include <new>
#include <span>

#include "models/network/feature_shape.hpp"

namespace tram::train {

/// A batch of feature maps of one shape.
struct BatchShape {
  int batch = 1, channels = 1, height = 1, width = 1;

  BatchShape() = default;
  BatchShape(int n, int c, int h, int w) : batch(n), channels(c), height(h), width(w) {}
  BatchShape(int n, const FeatureShape& map) : BatchShape(n, map.channels, map.height, map.width) {}

  int64_t size() const { return rows() * channels; }
  /// Positions of all maps: the batch as a matrix [rows][channels].
  int64_t rows() const { return int64_t{batch} * height * width; }
  bool operator==(const BatchShape&) const = default;
};

/// fp32 values of a batch, [N][H][W][C] in memory (nhwc), 64-byte aligned, zero at first.
class BatchTensor {
 public:
  using Storage = std::shared_ptr<float[]>;

  BatchTensor() = default;
  explicit BatchTensor(const BatchShape& shape) : BatchTensor(shape, allocate(shape.size())) {}
  /// Tensor on storage of at least shape.size() values, which others may use at other times.
  BatchTensor(const BatchShape& shape, Storage storage) : shape_(shape), values_(std::move(storage)) {}

  static Storage allocate(int64_t size) {
    return {new (std::align_val_t{64}) float[static_cast<size_t>(size)](),
            [](float* values) { operator delete[](values, std::align_val_t{64}); }};
  }

  const BatchShape& shape() const { return shape_; }
  const Storage& storage() const { return values_; }
  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  std::span<float> values() { return {values_.get(), static_cast<size_t>(shape_.size())}; }
  std::span<const float> values() const { return {values_.get(), static_cast<size_t>(shape_.size())}; }

  float& at(int n, int c, int h, int w) { return values_[index(n, c, h, w)]; }
  float at(int n, int c, int h, int w) const { return values_[index(n, c, h, w)]; }

  /// Index in values() of channel c at (h, w) of map n.
  size_t index(int n, int c, int h, int w) const {
    return static_cast<size_t>(((int64_t{n} * shape_.height + h) * shape_.width + w) * shape_.channels + c);
  }

 private:
  BatchShape shape_{0, 0, 0, 0};
  Storage values_;
};

}  // namespace tram::train
