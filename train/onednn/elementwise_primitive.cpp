#include "train/onednn/elementwise_primitive.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::algorithm;
using dnnl::memory;

algorithm algorithm_of(Elementwise::Function function) {
  return function == Elementwise::Function::relu ? algorithm::eltwise_relu_use_dst_for_bwd
                                                 : algorithm::eltwise_gelu_erf;
}

dnnl::eltwise_forward::primitive_desc forward_descriptor(algorithm function, const memory::desc& x) {
  const dnnl::eltwise_forward::desc operation(dnnl::prop_kind::forward_training, function, x, 0, 0);
  return {operation, caller_owned_scratchpad(), cpu_engine()};
}

dnnl::eltwise_backward::primitive_desc backward_descriptor(algorithm function, const memory::desc& x,
                                                           const dnnl::eltwise_forward::primitive_desc& forward) {
  const dnnl::eltwise_backward::desc operation(function, x, x, 0, 0);
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward};
}

}  // namespace

struct Elementwise::Implementation {
  Implementation(Function which, const memory::desc& x)
      : function(which), forward_pd(forward_descriptor(algorithm_of(which), x)),
        backward_pd(backward_descriptor(algorithm_of(which), x, forward_pd)),
        forward(forward_pd, dnnl::eltwise_forward(forward_pd)),
        backward(backward_pd, dnnl::eltwise_backward(backward_pd)) {
    forward.bind(DNNL_ARG_SRC, x);
    forward.bind(DNNL_ARG_DST, x);
    backward.bind(reads(), x);
    backward.bind(DNNL_ARG_DIFF_DST, x);
    backward.bind(DNNL_ARG_DIFF_SRC, x);
  }
  /// Argument that the backward primitive reads from the forward pass: the result (relu) or the source.
  int reads() const { return function == Function::relu ? DNNL_ARG_DST : DNNL_ARG_SRC; }

  Function function;
  dnnl::eltwise_forward::primitive_desc forward_pd;
  dnnl::eltwise_backward::primitive_desc backward_pd;
  Step forward, backward;
};

Elementwise::Elementwise(Function function, int64_t size)
    : implementation_(std::make_unique<Implementation>(
          function, memory::desc({size}, memory::data_type::f32, memory::format_tag::x))) {}
Elementwise::~Elementwise() = default;
Elementwise::Elementwise(Elementwise&&) noexcept = default;

void Elementwise::forward(const float* x, float* y) {
  implementation_->forward.run({{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
}

void Elementwise::backward(const float* x, const float* y, const float* dy, float* dx) {
  implementation_->backward.run({{implementation_->reads(), implementation_->function == Function::relu ? y : x},
                                 {DNNL_ARG_DIFF_DST, dy},
                                 {DNNL_ARG_DIFF_SRC, dx}});
}

}  // namespace tram::train::onednn
