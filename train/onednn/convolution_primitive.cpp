#include "train/onednn/convolution_primitive.hpp"

#include "train/onednn/weighted_passes.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;
constexpr auto direct = dnnl::algorithm::convolution_direct;

memory::desc weights(const ConvolutionShape& s) {
  const int in = s.in_channels / s.groups;
  if (s.groups == 1)
    return {{s.out_channels, in, s.kernel_height, s.kernel_width}, memory::data_type::f32, memory::format_tag::oihw};
  return {{s.groups, s.out_channels / s.groups, in, s.kernel_height, s.kernel_width},
          memory::data_type::f32,
          memory::format_tag::goihw};
}

WeightedLayouts layouts(const ConvolutionShape& s) {
  return {activation(s.batch, s.in_channels, s.in_height, s.in_width),
          activation(s.batch, s.out_channels, s.out_height(), s.out_width()), weights(s),
          s.bias ? memory::desc({s.out_channels}, memory::data_type::f32, memory::format_tag::a) : memory::desc()};
}

WeightedPasses passes(const ConvolutionShape& s) {
  const WeightedLayouts l = layouts(s);
  const memory::dims strides{s.stride, s.stride}, padding{s.padding, s.padding};
  const auto forward = describe<dnnl::convolution_forward>(
      {dnnl::prop_kind::forward_training, direct, l.x, l.any_w(), l.bias, l.y, strides, padding, padding});
  return {l, forward,
          describe<dnnl::convolution_backward_data>({direct, l.x, l.any_w(), l.y, strides, padding, padding}, forward),
          describe<dnnl::convolution_backward_weights>({direct, l.x, l.any_w(), l.bias, l.y, strides, padding, padding},
                                                       forward)};
}

}  // namespace

struct Convolution::Implementation : WeightedPasses {
  explicit Implementation(const ConvolutionShape& shape) : WeightedPasses(passes(shape)) {}
};

Convolution::Convolution(const ConvolutionShape& shape) : implementation_(std::make_unique<Implementation>(shape)) {}
Convolution::~Convolution() = default;
Convolution::Convolution(Convolution&&) noexcept = default;

void Convolution::forward(const float* x, const float* w, const float* bias, float* y) {
  implementation_->forward(x, w, bias, y);
}

void Convolution::backward_data(const float* dy, const float* w, float* dx) {
  implementation_->backward_data(dy, w, dx);
}

void Convolution::backward_weights(const float* x, const float* dy, float* dw, float* dbias) {
  implementation_->backward_weights(x, dy, dw, dbias);
}

}  // namespace tram::train::onednn
