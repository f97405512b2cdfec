#include "train/onednn/convolution_primitive.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;

memory::dims weight_dims(const ConvolutionShape& s) {
  const int in = s.in_channels / s.groups;
  if (s.groups == 1) return {s.out_channels, in, s.kernel_height, s.kernel_width};
  return {s.groups, s.out_channels / s.groups, in, s.kernel_height, s.kernel_width};
}

struct Geometry {
  explicit Geometry(const ConvolutionShape& s)
      : x(activation(s.batch, s.in_channels, s.in_height, s.in_width)),
        y(activation(s.batch, s.out_channels, s.out_height(), s.out_width())),
        plain_w(weight_dims(s), memory::data_type::f32,
                s.groups == 1 ? memory::format_tag::oihw : memory::format_tag::goihw),
        any_w(weight_dims(s), memory::data_type::f32, memory::format_tag::any),
        bias(s.bias ? memory::desc({s.out_channels}, memory::data_type::f32, memory::format_tag::a) : memory::desc()),
        strides{s.stride, s.stride}, padding{s.padding, s.padding} {}
  memory::desc x, y, plain_w, any_w, bias;
  memory::dims strides, padding;
};

dnnl::convolution_forward::primitive_desc forward_descriptor(const Geometry& g) {
  const dnnl::convolution_forward::desc operation(dnnl::prop_kind::forward_training,
                                                  dnnl::algorithm::convolution_direct, g.x, g.any_w, g.bias, g.y,
                                                  g.strides, g.padding, g.padding);
  return {operation, caller_owned_scratchpad(), cpu_engine()};
}

dnnl::convolution_backward_data::primitive_desc data_descriptor(
    const Geometry& g, const dnnl::convolution_forward::primitive_desc& forward) {
  const dnnl::convolution_backward_data::desc operation(dnnl::algorithm::convolution_direct, g.x, g.any_w, g.y,
                                                        g.strides, g.padding, g.padding);
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward};
}

dnnl::convolution_backward_weights::primitive_desc weights_descriptor(
    const Geometry& g, const dnnl::convolution_forward::primitive_desc& forward) {
  const dnnl::convolution_backward_weights::desc operation(dnnl::algorithm::convolution_direct, g.x, g.any_w, g.bias,
                                                           g.y, g.strides, g.padding, g.padding);
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward};
}

}  // namespace

struct Convolution::Implementation {
  explicit Implementation(const Geometry& g)
      : has_bias(g.bias.data.ndims != 0), forward_pd(forward_descriptor(g)), data_pd(data_descriptor(g, forward_pd)),
        weights_pd(weights_descriptor(g, forward_pd)), forward(forward_pd, dnnl::convolution_forward(forward_pd)),
        data(data_pd, dnnl::convolution_backward_data(data_pd)),
        weights(weights_pd, dnnl::convolution_backward_weights(weights_pd)),
        forward_w(g.plain_w, forward_pd.weights_desc()), data_w(g.plain_w, data_pd.weights_desc()),
        weights_dw(weights_pd.diff_weights_desc(), g.plain_w) {
    forward.bind(DNNL_ARG_SRC, g.x);
    forward.bind(DNNL_ARG_WEIGHTS, forward_pd.weights_desc());
    if (has_bias) forward.bind(DNNL_ARG_BIAS, g.bias);
    forward.bind(DNNL_ARG_DST, g.y);
    data.bind(DNNL_ARG_DIFF_DST, g.y);
    data.bind(DNNL_ARG_WEIGHTS, data_pd.weights_desc());
    data.bind(DNNL_ARG_DIFF_SRC, g.x);
    weights.bind(DNNL_ARG_SRC, g.x);
    weights.bind(DNNL_ARG_DIFF_DST, g.y);
    weights.bind(DNNL_ARG_DIFF_WEIGHTS, weights_pd.diff_weights_desc());
    if (has_bias) weights.bind(DNNL_ARG_DIFF_BIAS, g.bias);
  }

  bool has_bias;
  dnnl::convolution_forward::primitive_desc forward_pd;
  dnnl::convolution_backward_data::primitive_desc data_pd;
  dnnl::convolution_backward_weights::primitive_desc weights_pd;
  Step forward, data, weights;
  Relayout forward_w, data_w, weights_dw;
};

Convolution::Convolution(const ConvolutionShape& shape)
    : implementation_(std::make_unique<Implementation>(Geometry(shape))) {}
Convolution::~Convolution() = default;
Convolution::Convolution(Convolution&&) noexcept = default;

void Convolution::forward(const float* x, const float* w, const float* bias, float* y) {
  if (implementation_->has_bias) implementation_->forward.point(DNNL_ARG_BIAS, bias);
  implementation_->forward.run(
      {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, implementation_->forward_w(w)}, {DNNL_ARG_DST, y}});
}

void Convolution::backward_data(const float* dy, const float* w, float* dx) {
  implementation_->data.run(
      {{DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_WEIGHTS, implementation_->data_w(w)}, {DNNL_ARG_DIFF_SRC, dx}});
}

void Convolution::backward_weights(const float* x, const float* dy, float* dw, float* dbias) {
  if (implementation_->has_bias) implementation_->weights.point(DNNL_ARG_DIFF_BIAS, dbias);
  implementation_->weights.run({{DNNL_ARG_SRC, x},
                                {DNNL_ARG_DIFF_DST, dy},
                                {DNNL_ARG_DIFF_WEIGHTS, implementation_->weights_dw.source_for(dw)}});
  implementation_->weights_dw.copy_to(dw);
}

}  // namespace tram::train::onednn
