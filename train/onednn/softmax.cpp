#include "train/onednn/softmax.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {

using dnnl::memory;

struct Softmax::Implementation {
  explicit Implementation(const memory::desc& x)
      : forward_pd(describe<dnnl::softmax_forward>({dnnl::prop_kind::forward_training, x, 1})), forward(forward_pd),
        backward(describe<dnnl::softmax_backward>({x, x, 1}, forward_pd)) {
    forward.bind(DNNL_ARG_SRC, x);
    forward.bind(DNNL_ARG_DST, x);
    backward.bind(DNNL_ARG_DST, x);
    backward.bind(DNNL_ARG_DIFF_DST, x);
    backward.bind(DNNL_ARG_DIFF_SRC, x);
  }

  dnnl::softmax_forward::primitive_desc forward_pd;
  Step forward, backward;
};

Softmax::Softmax(int64_t rows, int channels)
    : implementation_(std::make_unique<Implementation>(
          memory::desc({rows, channels}, memory::data_type::f32, memory::format_tag::ab))) {}
Softmax::~Softmax() = default;
Softmax::Softmax(Softmax&&) noexcept = default;

void Softmax::forward(const float* x, float* y) {
  implementation_->forward.run({{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
}

void Softmax::backward(const float* y, const float* dy, float* dx) {
  implementation_->backward.run({{DNNL_ARG_DST, y}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, dx}});
}

}  // namespace tram::train::onednn
