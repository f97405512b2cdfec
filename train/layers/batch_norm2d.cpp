#include "train/layers/batch_norm2d.hpp"

#include <algorithm>

namespace tram::train {

BatchNorm2d::BatchNorm2d(NetworkParameters& parameters, const std::string& name, const BatchShape& shape)
    : name_(name), primitive_(shape.batch, shape.channels, shape.height, shape.width, epsilon),
      gamma_(parameters.trained.add(name + ".weight", {shape.channels}, Parameter::Kind::gamma)),
      beta_(parameters.trained.add(name + ".bias", {shape.channels}, Parameter::Kind::beta)),
      running_mean_(parameters.running.add(name + ".running_mean", {shape.channels}, Parameter::Kind::running_mean)),
      running_variance_(
          parameters.running.add(name + ".running_var", {shape.channels}, Parameter::Kind::running_variance)),
      y_(shape), dx_(shape), variance_(static_cast<size_t>(shape.channels)) {}

BatchTensor& BatchNorm2d::forward(const ForwardPass& pass, const BatchTensor& x) {
  x_ = &x;
  const float* gamma = pass.trained.data() + gamma_;
  const float* beta = pass.trained.data() + beta_;
  if (!pass.training()) {
    primitive_.forward_inference(x.data(), gamma, beta, pass.running.data() + running_mean_,
                                 pass.running.data() + running_variance_, y_.data());
    return y_;
  }
  primitive_.forward_training(x.data(), gamma, beta, y_.data(), pass.batch_statistics.data() + running_mean_,
                              variance_.data());
  const auto count = static_cast<float>(x.shape().pixels());
  std::transform(variance_.begin(), variance_.end(), pass.batch_statistics.data() + running_variance_,
                 [count](float variance) { return variance * (count / std::max(count - 1, 1.0F)); });
  return y_;
}

BatchTensor& BatchNorm2d::backward(const BackwardPass& pass, const BatchTensor& dy) {
  primitive_.backward(x_->data(), pass.batch_statistics.data() + running_mean_, variance_.data(),
                      pass.trained.data() + gamma_, dy.data(), dx_.data(), pass.gradient.data() + gamma_,
                      pass.gradient.data() + beta_);
  return dx_;
}

}  // namespace tram::train
