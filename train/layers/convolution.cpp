#include "train/layers/convolution.hpp"

namespace tram::train {

Convolution::Convolution(NetworkParameters& parameters, const std::string& name, const onednn::ConvolutionShape& shape)
    : shape_(shape), primitive_(shape),
      weight_(parameters.trained.add(
          name + ".weight",
          {shape.out_channels, shape.in_channels / shape.groups, shape.kernel_height, shape.kernel_width},
          Parameter::Kind::weight)),
      bias_(shape.bias ? parameters.trained.add(name + ".bias", {shape.out_channels}, Parameter::Kind::bias) : 0) {}

BatchShape Convolution::output_shape() const {
  return {shape_.batch, shape_.out_channels, shape_.out_height(), shape_.out_width()};
}

void Convolution::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  const float* trained = pass.trained.data();
  primitive_.forward(x[0]->data(), trained + weight_, trained + bias_, y.data());
}

void Convolution::backward(const BackwardPass& pass, Inputs x, const BatchTensor&, const BatchTensor& dy,
                           Gradients dx) {
  float* gradient = pass.gradient.data();
  primitive_.backward_weights(x[0]->data(), dy.data(), gradient + weight_, gradient + bias_);
  if (dx[0] != nullptr) primitive_.backward_data(dy.data(), pass.trained.data() + weight_, dx[0]->data());
}

}  // namespace tram::train
