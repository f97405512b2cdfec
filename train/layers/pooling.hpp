#pragma once
#include "train/layers/layer.hpp"
#include "train/onednn/pooling_primitive.hpp"

namespace tram::train {

/// Largest value or mean of a window of each channel; over the whole map it is the global average.
class Pooling : public Layer {
 public:
  explicit Pooling(const onednn::PoolingShape& shape) : shape_(shape), primitive_(shape) {}

  BatchShape output_shape() const override {
    return {shape_.batch, shape_.channels, shape_.out_height(), shape_.out_width()};
  }
  void forward(const ForwardPass&, Inputs x, BatchTensor& y) override { primitive_.forward(x[0]->data(), y.data()); }
  void backward(const BackwardPass&, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) override {
    if (dx[0] != nullptr) primitive_.backward(dy.data(), dx[0]->data());
  }

 private:
  onednn::PoolingShape shape_;
  onednn::Pooling primitive_;
};

}  // namespace tram::train
