#include "train/layers/linear.hpp"

namespace tram::train {

Linear::Linear(NetworkParameters& parameters, const std::string& name, const BatchShape& in, int out_channels,
               bool bias)
    : shape_(in.batch, out_channels, in.height, in.width), primitive_(in.rows(), in.channels, out_channels, bias),
      weight_(parameters.trained.add(name + ".weight", {out_channels, in.channels}, Parameter::Kind::weight)),
      bias_(bias ? parameters.trained.add(name + ".bias", {out_channels}, Parameter::Kind::bias) : 0) {}

void Linear::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  const float* trained = pass.trained.data();
  primitive_.forward(x[0]->data(), trained + weight_, trained + bias_, y.data());
}

void Linear::backward(const BackwardPass& pass, Inputs x, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  float* gradient = pass.gradient.data();
  primitive_.backward_weights(x[0]->data(), dy.data(), gradient + weight_, gradient + bias_);
  if (dx[0] != nullptr) primitive_.backward_data(dy.data(), pass.trained.data() + weight_, dx[0]->data());
}

}  // namespace tram::train
