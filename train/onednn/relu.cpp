#include "train/onednn/relu.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;

dnnl::eltwise_forward::primitive_desc forward_descriptor(const memory::desc& x) {
  const dnnl::eltwise_forward::desc operation(dnnl::prop_kind::forward_training, dnnl::algorithm::eltwise_relu, x, 0,
                                              0);
  return {operation, caller_owned_scratchpad(), cpu_engine()};
}

dnnl::eltwise_backward::primitive_desc backward_descriptor(const memory::desc& x,
                                                           const dnnl::eltwise_forward::primitive_desc& forward) {
  const dnnl::eltwise_backward::desc operation(dnnl::algorithm::eltwise_relu_use_dst_for_bwd, x, x, 0, 0);
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward};
}

dnnl::eltwise_forward::primitive_desc hint_descriptor(const memory::desc& x) {
  const dnnl::eltwise_forward::desc operation(dnnl::prop_kind::forward_training,
                                              dnnl::algorithm::eltwise_relu_use_dst_for_bwd, x, 0, 0);
  return {operation, caller_owned_scratchpad(), cpu_engine()};
}

}  // namespace

struct Relu::Implementation {
  explicit Implementation(const memory::desc& x)
      : forward_pd(forward_descriptor(x)), backward_pd(backward_descriptor(x, hint_descriptor(x))),
        forward(forward_pd, dnnl::eltwise_forward(forward_pd)),
        backward(backward_pd, dnnl::eltwise_backward(backward_pd)) {
    forward.bind(DNNL_ARG_SRC, x);
    forward.bind(DNNL_ARG_DST, x);
    backward.bind(DNNL_ARG_DST, x);
    backward.bind(DNNL_ARG_DIFF_DST, x);
    backward.bind(DNNL_ARG_DIFF_SRC, x);
  }

  dnnl::eltwise_forward::primitive_desc forward_pd;
  dnnl::eltwise_backward::primitive_desc backward_pd;
  Step forward, backward;
};

Relu::Relu(int64_t size)
    : implementation_(std::make_unique<Implementation>(
          memory::desc({size}, memory::data_type::f32, memory::format_tag::x))) {}
Relu::~Relu() = default;
Relu::Relu(Relu&&) noexcept = default;

void Relu::forward(float* x) {
  Step& step = implementation_->forward;
  step.point(DNNL_ARG_SRC, x);
  step.point(DNNL_ARG_DST, x);
  step.execute();
}

void Relu::backward(const float* y, float* dy) {
  Step& step = implementation_->backward;
  step.point(DNNL_ARG_DST, y);
  step.point(DNNL_ARG_DIFF_DST, dy);
  step.point(DNNL_ARG_DIFF_SRC, dy);
  step.execute();
}

}  // namespace tram::train::onednn
