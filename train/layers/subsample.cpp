#include "train/layers/subsample.hpp"

namespace tram::train {
namespace {

/// Calls copy(n, c, h, w) for each place of the small map that has one in the large map, c counting its channels.
template <typename Copy>
void for_each_sample(const BatchShape& large, const BatchShape& small, const Copy& copy) {
  for (int n = 0; n < large.batch; ++n)
    for (int c = 0; c < large.channels; ++c)
      for (int h = 0; h < small.height; ++h)
        for (int w = 0; w < small.width; ++w) copy(n, c, h, w);
}

}  // namespace

Subsample::Subsample(const BatchShape& in, int out_channels, int stride)
    : stride_(stride), pad_before_((out_channels - in.channels) / 2),
      y_({in.batch, out_channels, (in.height + stride - 1) / stride, (in.width + stride - 1) / stride}), dx_(in) {}

BatchTensor& Subsample::forward(const BatchTensor& x) {
  for_each_sample(dx_.shape(), y_.shape(), [&](int n, int c, int h, int w) {
    y_.at(n, c + pad_before_, h, w) = x.at(n, c, h * stride_, w * stride_);
  });
  return y_;
}

BatchTensor& Subsample::backward(const BatchTensor& dy) {
  for_each_sample(dx_.shape(), y_.shape(), [&](int n, int c, int h, int w) {
    dx_.at(n, c, h * stride_, w * stride_) = dy.at(n, c + pad_before_, h, w);
  });
  return dx_;
}

}  // namespace tram::train
