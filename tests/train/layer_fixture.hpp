#pragma once
#include <gtest/gtest.h>

#include "tests/train/gradients.hpp"
#include "train/network/make_layer.hpp"
#include "train/onednn/single_thread.hpp"

namespace tram::train {

/// One layer of a graph node with random inputs and parameters, and the loss dot(y, dy) of a random dy.
class LayerBench {
 public:
  LayerBench(Operation operation, const std::vector<BatchShape>& inputs)
      : layer_(make_layer(parameters_, GraphNode{"layer", std::move(operation), {}}, inputs)) {
    onednn::use_single_thread();
    for (size_t i = 0; i < inputs.size(); ++i) x.push_back(random_tensor(inputs[i], i + 1));
    trained.resize(static_cast<size_t>(parameters_.trained.size()));
    running.resize(static_cast<size_t>(parameters_.running.size()));
    statistics = running;
    gradient = trained;
    fill_random(trained, 11);
    dy = random_tensor(layer_->output_shape(), 12);
    y = BatchTensor(layer_->output_shape());
  }

  const BatchTensor& forward(bool training = true) {
    layer_->forward({trained, running, training ? std::span(statistics) : std::span<float>()}, inputs(), y);
    return y;
  }
  /// dx of every input, after forward().
  std::vector<BatchTensor> backward() {
    std::vector<BatchTensor> dx;
    for (const BatchTensor& input : x) dx.emplace_back(input.shape());
    std::vector<BatchTensor*> targets;
    for (BatchTensor& tensor : dx) targets.push_back(&tensor);
    layer_->backward({trained, statistics, gradient}, inputs(), y, dy, targets);
    return dx;
  }
  /// Both, against central differences over +-step, for every input and parameter.
  void expect_true_gradients(float step, double tolerance) {
    forward();
    const std::vector<BatchTensor> dx = backward();
    const auto loss = [this] { return dot(forward().values(), dy.values()); };
    for (size_t i = 0; i < x.size(); ++i) expect_gradient(x[i].values(), dx[i].values(), loss, step, tolerance);
    const std::vector<float> analytic = gradient;
    if (!trained.empty()) expect_gradient(trained, analytic, loss, step, tolerance);
  }
  const NetworkParameters& parameters() const { return parameters_; }

  std::vector<BatchTensor> x;
  std::vector<float> trained, running, statistics, gradient;
  BatchTensor y, dy;

 private:
  std::vector<const BatchTensor*> inputs() const {
    std::vector<const BatchTensor*> all;
    for (const BatchTensor& tensor : x) all.push_back(&tensor);
    return all;
  }

  NetworkParameters parameters_;
  std::unique_ptr<Layer> layer_;
};

}  // namespace tram::train
