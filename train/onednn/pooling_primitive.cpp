#include "train/onednn/pooling_primitive.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;

struct Geometry {
  explicit Geometry(const PoolingShape& s)
      : algorithm(s.kind == PoolingShape::Kind::maximum ? dnnl::algorithm::pooling_max
                                                        : dnnl::algorithm::pooling_avg_exclude_padding),
        x(activation(s.batch, s.channels, s.height, s.width)),
        y(activation(s.batch, s.channels, s.out_height(), s.out_width())), kernel{s.kernel_height, s.kernel_width},
        strides{s.stride, s.stride}, padding{s.padding, s.padding} {}
  dnnl::algorithm algorithm;
  memory::desc x, y;
  memory::dims kernel, strides, padding;
};

}  // namespace

struct Pooling::Implementation {
  explicit Implementation(const Geometry& g)
      : forward_pd(describe<dnnl::pooling_forward>(
            {dnnl::prop_kind::forward_training, g.algorithm, g.x, g.y, g.strides, g.kernel, g.padding, g.padding})),
        forward(forward_pd), backward(describe<dnnl::pooling_backward>(
                                 {g.algorithm, g.x, g.y, g.strides, g.kernel, g.padding, g.padding}, forward_pd)) {
    forward.bind(DNNL_ARG_SRC, g.x);
    forward.bind(DNNL_ARG_DST, g.y);
    backward.bind(DNNL_ARG_DIFF_DST, g.y);
    backward.bind(DNNL_ARG_DIFF_SRC, g.x);
    if (g.algorithm != dnnl::algorithm::pooling_max) return;
    const memory places(forward_pd.workspace_desc(), cpu_engine());
    forward.bind(DNNL_ARG_WORKSPACE, places);
    backward.bind(DNNL_ARG_WORKSPACE, places);
  }

  dnnl::pooling_forward::primitive_desc forward_pd;
  Step forward, backward;
};

Pooling::Pooling(const PoolingShape& shape) : implementation_(std::make_unique<Implementation>(Geometry(shape))) {}
Pooling::~Pooling() = default;
Pooling::Pooling(Pooling&&) noexcept = default;

void Pooling::forward(const float* x, float* y) {
  implementation_->forward.run({{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}});
}

void Pooling::backward(const float* dy, float* dx) {
  implementation_->backward.run({{DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, dx}});
}

}  // namespace tram::train::onednn
