#include "train/layers/linear.hpp"

namespace tram::train {

Linear::Linear(NetworkParameters& parameters, const std::string& name, int batch, int in_features, int out_features)
    : name_(name), primitive_(batch, in_features, out_features),
      weight_(parameters.trained.add(name + ".weight", {out_features, in_features}, Parameter::Kind::weight)),
      bias_(parameters.trained.add(name + ".bias", {out_features}, Parameter::Kind::bias)),
      y_({batch, out_features, 1, 1}), dx_({batch, in_features, 1, 1}) {}

BatchTensor& Linear::forward(const ForwardPass& pass, const BatchTensor& x) {
  x_ = &x;
  const float* trained = pass.trained.data();
  primitive_.forward(x.data(), trained + weight_, trained + bias_, y_.data());
  return y_;
}

BatchTensor& Linear::backward(const BackwardPass& pass, const BatchTensor& dy) {
  float* gradient = pass.gradient.data();
  primitive_.backward_weights(x_->data(), dy.data(), gradient + weight_, gradient + bias_);
  primitive_.backward_data(dy.data(), pass.trained.data() + weight_, dx_.data());
  return dx_;
}

}  // namespace tram::train
