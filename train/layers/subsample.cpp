#include "train/layers/subsample.hpp"

#include <algorithm>

namespace tram::train {

Subsample::Subsample(const BatchShape& in, int out_channels, int stride)
    : in_(in), out_(in.batch, out_channels, (in.height + stride - 1) / stride, (in.width + stride - 1) / stride),
      stride_(stride), pad_before_((out_channels - in.channels) / 2) {}

void Subsample::forward(const ForwardPass&, Inputs x, BatchTensor& y) {
  std::fill(y.values().begin(), y.values().end(), 0.0F);
  for (int n = 0; n < out_.batch; ++n)
    for (int h = 0; h < out_.height; ++h)
      for (int w = 0; w < out_.width; ++w)
        std::copy_n(&x[0]->values()[x[0]->index(n, 0, h * stride_, w * stride_)], in_.channels,
                    &y.at(n, pad_before_, h, w));
}

void Subsample::backward(const BackwardPass&, Inputs, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  if (dx[0] == nullptr) return;
  std::fill(dx[0]->values().begin(), dx[0]->values().end(), 0.0F);
  for (int n = 0; n < out_.batch; ++n)
    for (int h = 0; h < out_.height; ++h)
      for (int w = 0; w < out_.width; ++w)
        std::copy_n(&dy.values()[dy.index(n, pad_before_, h, w)], in_.channels,
                    &dx[0]->at(n, 0, h * stride_, w * stride_));
}

}  // namespace tram::train
