#include "train/onednn/inner_product.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;

struct Geometry {
  Geometry(int64_t rows, int in, int out, bool bias)
      : x({rows, in}, memory::data_type::f32, memory::format_tag::nc),
        y({rows, out}, memory::data_type::f32, memory::format_tag::nc),
        plain_w({out, in}, memory::data_type::f32, memory::format_tag::oi),
        any_w({out, in}, memory::data_type::f32, memory::format_tag::any),
        b(bias ? memory::desc({out}, memory::data_type::f32, memory::format_tag::x) : memory::desc()) {}
  memory::desc x, y, plain_w, any_w, b;
};

dnnl::inner_product_forward::primitive_desc forward_descriptor(const Geometry& g) {
  const dnnl::inner_product_forward::desc operation(dnnl::prop_kind::forward_training, g.x, g.any_w, g.b, g.y);
  return {operation, caller_owned_scratchpad(), cpu_engine()};
}

dnnl::inner_product_backward_data::primitive_desc data_descriptor(
    const Geometry& g, const dnnl::inner_product_forward::primitive_desc& forward) {
  const dnnl::inner_product_backward_data::desc operation(g.x, g.any_w, g.y);
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward};
}

dnnl::inner_product_backward_weights::primitive_desc weights_descriptor(
    const Geometry& g, const dnnl::inner_product_forward::primitive_desc& forward) {
  const dnnl::inner_product_backward_weights::desc operation(g.x, g.any_w, g.b, g.y);
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward};
}

}  // namespace

struct InnerProduct::Implementation {
  explicit Implementation(const Geometry& g)
      : has_bias(g.b.data.ndims != 0), forward_pd(forward_descriptor(g)), data_pd(data_descriptor(g, forward_pd)),
        weights_pd(weights_descriptor(g, forward_pd)), forward(forward_pd, dnnl::inner_product_forward(forward_pd)),
        data(data_pd, dnnl::inner_product_backward_data(data_pd)),
        weights(weights_pd, dnnl::inner_product_backward_weights(weights_pd)),
        forward_w(g.plain_w, forward_pd.weights_desc()), data_w(g.plain_w, data_pd.weights_desc()),
        weights_dw(weights_pd.diff_weights_desc(), g.plain_w) {
    forward.bind(DNNL_ARG_SRC, g.x);
    forward.bind(DNNL_ARG_WEIGHTS, forward_pd.weights_desc());
    if (has_bias) forward.bind(DNNL_ARG_BIAS, g.b);
    forward.bind(DNNL_ARG_DST, g.y);
    data.bind(DNNL_ARG_DIFF_DST, g.y);
    data.bind(DNNL_ARG_WEIGHTS, data_pd.weights_desc());
    data.bind(DNNL_ARG_DIFF_SRC, g.x);
    weights.bind(DNNL_ARG_SRC, g.x);
    weights.bind(DNNL_ARG_DIFF_DST, g.y);
    weights.bind(DNNL_ARG_DIFF_WEIGHTS, weights_pd.diff_weights_desc());
    if (has_bias) weights.bind(DNNL_ARG_DIFF_BIAS, g.b);
  }

  bool has_bias;
  dnnl::inner_product_forward::primitive_desc forward_pd;
  dnnl::inner_product_backward_data::primitive_desc data_pd;
  dnnl::inner_product_backward_weights::primitive_desc weights_pd;
  Step forward, data, weights;
  Relayout forward_w, data_w, weights_dw;
};

InnerProduct::InnerProduct(int64_t rows, int in_features, int out_features, bool bias)
    : implementation_(std::make_unique<Implementation>(Geometry(rows, in_features, out_features, bias))) {}
InnerProduct::~InnerProduct() = default;
InnerProduct::InnerProduct(InnerProduct&&) noexcept = default;

void InnerProduct::forward(const float* x, const float* w, const float* b, float* y) {
  if (implementation_->has_bias) implementation_->forward.point(DNNL_ARG_BIAS, b);
  implementation_->forward.run(
      {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, implementation_->forward_w(w)}, {DNNL_ARG_DST, y}});
}

void InnerProduct::backward_data(const float* dy, const float* w, float* dx) {
  implementation_->data.run(
      {{DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_WEIGHTS, implementation_->data_w(w)}, {DNNL_ARG_DIFF_SRC, dx}});
}

void InnerProduct::backward_weights(const float* x, const float* dy, float* dw, float* db) {
  if (implementation_->has_bias) implementation_->weights.point(DNNL_ARG_DIFF_BIAS, db);
  implementation_->weights.run({{DNNL_ARG_SRC, x},
                                {DNNL_ARG_DIFF_DST, dy},
                                {DNNL_ARG_DIFF_WEIGHTS, implementation_->weights_dw.source_for(dw)}});
  implementation_->weights_dw.copy_to(dw);
}

}  // namespace tram::train::onednn
