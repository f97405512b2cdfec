#pragma once
#include <span>

#include "train/layers/batch_tensor.hpp"
#include "train/layers/parameters.hpp"

namespace tram::train {

/// One operation of a network with its derivative. The buffers of values and gradients are the caller's; a layer
/// keeps work space and where its parameters lie. forward() is followed by at most one backward(), with the same x.
class Layer {
 public:
  using Inputs = std::span<const BatchTensor* const>;
  using Gradients = std::span<BatchTensor* const>;

  virtual ~Layer() = default;
  /// The shape of y.
  virtual BatchShape output_shape() const = 0;
  /// y := f(x...), overwritten.
  virtual void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) = 0;
  /// Gradients from dy: that of every input, overwriting dx (null: not wanted), and those of the layer's parameters.
  virtual void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy,
                        Gradients dx) = 0;
};

/// Memory for a gradient that is not wanted but that a primitive computes all the same.
class SpareGradient {
 public:
  /// The gradient's memory: dx when it is wanted, else a buffer of this object.
  BatchTensor& instead_of(BatchTensor* dx, const BatchShape& shape) {
    if (dx != nullptr) return *dx;
    if (buffer_.shape() != shape) buffer_ = BatchTensor(shape);
    return buffer_;
  }

 private:
  BatchTensor buffer_;
};

}  // namespace tram::train
