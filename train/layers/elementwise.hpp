#pragma once
#include <algorithm>
#include <functional>

#include "train/layers/layer.hpp"
#include "train/onednn/elementwise_primitive.hpp"
#include "train/onednn/softmax.hpp"

namespace tram::train {

/// y = f(x), element by element.
class Activation : public Layer {
 public:
  using Function = onednn::Elementwise::Function;
  Activation(Function function, const BatchShape& shape) : shape_(shape), primitive_(function, shape.size()) {}

  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass&, Inputs x, BatchTensor& y) override { primitive_.forward(x[0]->data(), y.data()); }
  void backward(const BackwardPass&, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override {
    if (dx[0] != nullptr) primitive_.backward(x[0]->data(), y.data(), dy.data(), dx[0]->data());
  }

 private:
  BatchShape shape_;
  onednn::Elementwise primitive_;
};

/// Softmax over the channels of each position.
class SoftmaxLayer : public Layer {
 public:
  explicit SoftmaxLayer(const BatchShape& shape) : shape_(shape), primitive_(shape.rows(), shape.channels) {}

  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass&, Inputs x, BatchTensor& y) override { primitive_.forward(x[0]->data(), y.data()); }
  void backward(const BackwardPass&, Inputs, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override {
    if (dx[0] != nullptr) primitive_.backward(y.data(), dy.data(), dx[0]->data());
  }

 private:
  BatchShape shape_;
  onednn::Softmax primitive_;
};

/// The sum of two maps.
class Addition : public Layer {
 public:
  explicit Addition(const BatchShape& shape) : shape_(shape) {}

  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass&, Inputs x, BatchTensor& y) override {
    std::ranges::transform(x[0]->values(), x[1]->values(), y.data(), std::plus<>());
  }
  void backward(const BackwardPass&, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) override {
    for (BatchTensor* gradient : dx)
      if (gradient != nullptr) std::ranges::copy(dy.values(), gradient->data());
  }

 private:
  BatchShape shape_;
};

}  // namespace tram::train
