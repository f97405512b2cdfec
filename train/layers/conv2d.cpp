#include "train/layers/conv2d.hpp"

namespace tram::train {
namespace {

onednn::ConvolutionShape convolution_shape(const BatchShape& in, int out_channels, int kernel, int stride,
                                           int padding) {
  return {in.batch, in.channels, out_channels, in.height, in.width, kernel, stride, padding};
}

BatchShape output_shape(const onednn::ConvolutionShape& shape) {
  return {shape.batch, shape.out_channels, shape.out_height(), shape.out_width()};
}

}  // namespace

Conv2d::Conv2d(NetworkParameters& parameters, const std::string& name, const BatchShape& in, int out_channels,
               int kernel, int stride, int padding)
    : name_(name), primitive_(convolution_shape(in, out_channels, kernel, stride, padding)),
      weight_(parameters.trained.add(name + ".weight", {out_channels, in.channels, kernel, kernel},
                                     Parameter::Kind::weight)),
      y_(output_shape(convolution_shape(in, out_channels, kernel, stride, padding))), dx_(in) {}

BatchTensor& Conv2d::forward(const ForwardPass& pass, const BatchTensor& x) {
  x_ = &x;
  primitive_.forward(x.data(), pass.trained.data() + weight_, y_.data());
  return y_;
}

BatchTensor& Conv2d::backward(const BackwardPass& pass, const BatchTensor& dy) {
  backward_weights(pass, dy);
  primitive_.backward_data(dy.data(), pass.trained.data() + weight_, dx_.data());
  return dx_;
}

void Conv2d::backward_weights(const BackwardPass& pass, const BatchTensor& dy) {
  primitive_.backward_weights(x_->data(), dy.data(), pass.gradient.data() + weight_);
}

}  // namespace tram::train
