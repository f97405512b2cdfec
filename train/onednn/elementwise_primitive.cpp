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

}  // namespace

struct Elementwise::Implementation {
  Implementation(Function which, const memory::desc& x)
      : function(which),
        forward_pd(describe<dnnl::eltwise_forward>({dnnl::prop_kind::forward_training, algorithm_of(which), x, 0, 0})),
        forward(forward_pd), backward(describe<dnnl::eltwise_backward>({algorithm_of(which), x, x, 0, 0}, forward_pd)) {
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
