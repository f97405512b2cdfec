#include "train/layers/batch_norm.hpp"

#include <algorithm>

namespace tram::train {

BatchNorm::BatchNorm(NetworkParameters& parameters, const std::string& name, const BatchShape& shape, float epsilon)
    : shape_(shape), primitive_(shape.batch, shape.channels, shape.height, shape.width, epsilon),
      gamma_(parameters.trained.add(name + ".weight", {shape.channels}, Parameter::Kind::gamma)),
      beta_(parameters.trained.add(name + ".bias", {shape.channels}, Parameter::Kind::beta)),
      running_mean_(parameters.running.add(name + ".running_mean", {shape.channels}, Parameter::Kind::running_mean)),
      running_variance_(
          parameters.running.add(name + ".running_var", {shape.channels}, Parameter::Kind::running_variance)),
      variance_(static_cast<size_t>(shape.channels)) {}

void BatchNorm::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  const float* gamma = pass.trained.data() + gamma_;
  const float* beta = pass.trained.data() + beta_;
  if (!pass.training()) {
    primitive_.forward_inference(x[0]->data(), gamma, beta, pass.running.data() + running_mean_,
                                 pass.running.data() + running_variance_, y.data());
    return;
  }
  primitive_.forward_training(x[0]->data(), gamma, beta, y.data(), pass.batch_statistics.data() + running_mean_,
                              variance_.data());
  const auto count = static_cast<float>(shape_.rows());
  std::transform(variance_.begin(), variance_.end(), pass.batch_statistics.data() + running_variance_,
                 [count](float variance) { return variance * (count / std::max(count - 1, 1.0F)); });
}

void BatchNorm::backward(const BackwardPass& pass, Inputs x, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  primitive_.backward(x[0]->data(), pass.batch_statistics.data() + running_mean_, variance_.data(),
                      pass.trained.data() + gamma_, dy.data(), spare_.instead_of(dx[0], shape_).data(),
                      pass.gradient.data() + gamma_, pass.gradient.data() + beta_);
}

}  // namespace tram::train
