#pragma once
#include <memory>

#include "train/layers/layer.hpp"
#include "train/quantised/fake_quantise.hpp"

namespace tram::train {

/// A layer whose output is quantised.
class QuantisedOutput : public Layer {
 public:
  QuantisedOutput(std::unique_ptr<Layer> layer, std::unique_ptr<FakeQuantise> quantise)
      : layer_(std::move(layer)), quantise_(std::move(quantise)), before_(layer_->output_shape()),
        gradient_(layer_->output_shape()) {}

  BatchShape output_shape() const override { return layer_->output_shape(); }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override {
    layer_->forward(pass, x, before_);
    const BatchTensor* before = &before_;
    quantise_->forward(pass, {&before, 1}, y);
  }
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy,
                Gradients dx) override {
    const BatchTensor* before = &before_;
    BatchTensor* gradient = &gradient_;
    quantise_->backward(pass, {&before, 1}, y, dy, {&gradient, 1});
    layer_->backward(pass, x, before_, gradient_, dx);
  }

 private:
  std::unique_ptr<Layer> layer_;
  std::unique_ptr<FakeQuantise> quantise_;
  BatchTensor before_, gradient_;
};

/// A layer with one input that is quantised first: one that reads the image.
class QuantisedInput : public Layer {
 public:
  QuantisedInput(std::unique_ptr<FakeQuantise> quantise, std::unique_ptr<Layer> layer)
      : quantise_(std::move(quantise)), layer_(std::move(layer)), input_(quantise_->output_shape()),
        gradient_(quantise_->output_shape()) {}

  BatchShape output_shape() const override { return layer_->output_shape(); }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override {
    quantise_->forward(pass, x, input_);
    const BatchTensor* input = &input_;
    layer_->forward(pass, {&input, 1}, y);
  }
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy,
                Gradients dx) override {
    const BatchTensor* input = &input_;
    BatchTensor* gradient = &gradient_;
    layer_->backward(pass, {&input, 1}, y, dy, {&gradient, 1});
    quantise_->backward(pass, x, input_, gradient_, dx);
  }

 private:
  std::unique_ptr<FakeQuantise> quantise_;
  std::unique_ptr<Layer> layer_;
  BatchTensor input_, gradient_;
};

}  // namespace tram::train
