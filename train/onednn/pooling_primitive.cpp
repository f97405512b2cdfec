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

dnnl::pooling_forward::primitive_desc forward_descriptor(const Geometry& g) {
  const dnnl::pooling_forward::desc operation(dnnl::prop_kind::forward_training, g.algorithm, g.x, g.y, g.strides,
                                              g.kernel, g.padding, g.padding);
  return {operation, caller_owned_scratchpad(), cpu_engine()};
}

dnnl::pooling_backward::primitive_desc backward_descriptor(const Geometry& g,
                                                           const dnnl::pooling_forward::primitive_desc& forward) {
  const dnnl::pooling_backward::desc operation(g.algorithm, g.x, g.y, g.strides, g.kernel, g.padding, g.padding);
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward};
}

}  // namespace

struct Pooling::Implementation {
  explicit Implementation(const Geometry& g)
      : forward_pd(forward_descriptor(g)), backward_pd(backward_descriptor(g, forward_pd)),
        forward(forward_pd, dnnl::pooling_forward(forward_pd)),
        backward(backward_pd, dnnl::pooling_backward(backward_pd)) {
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
  dnnl::pooling_backward::primitive_desc backward_pd;
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
