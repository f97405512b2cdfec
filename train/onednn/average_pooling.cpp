#include "train/onednn/average_pooling.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;

struct Geometry {
  memory::desc x, y;  // y is [N][C][1][1], which in nChw8c lies in memory as plain [N][C]
  memory::dims kernel;
};

dnnl::pooling_forward::primitive_desc forward_descriptor(const Geometry& g) {
  const dnnl::pooling_forward::desc operation(dnnl::prop_kind::forward_training,
                                              dnnl::algorithm::pooling_avg_exclude_padding, g.x, g.y, g.kernel,
                                              g.kernel, {0, 0}, {0, 0});
  return {operation, caller_owned_scratchpad(), cpu_engine()};
}

dnnl::pooling_backward::primitive_desc backward_descriptor(const Geometry& g,
                                                           const dnnl::pooling_forward::primitive_desc& forward) {
  const dnnl::pooling_backward::desc operation(dnnl::algorithm::pooling_avg_exclude_padding, g.x, g.y, g.kernel,
                                               g.kernel, {0, 0}, {0, 0});
  return {operation, caller_owned_scratchpad(), cpu_engine(), forward};
}

}  // namespace

struct AveragePooling::Implementation {
  explicit Implementation(const Geometry& g)
      : forward_pd(forward_descriptor(g)), backward_pd(backward_descriptor(g, forward_pd)),
        forward(forward_pd, dnnl::pooling_forward(forward_pd)),
        backward(backward_pd, dnnl::pooling_backward(backward_pd)) {
    forward.bind(DNNL_ARG_SRC, g.x);
    forward.bind(DNNL_ARG_DST, g.y);
    backward.bind(DNNL_ARG_DIFF_DST, g.y);
    backward.bind(DNNL_ARG_DIFF_SRC, g.x);
  }

  dnnl::pooling_forward::primitive_desc forward_pd;
  dnnl::pooling_backward::primitive_desc backward_pd;
  Step forward, backward;
};

AveragePooling::AveragePooling(int batch, int channels, int height, int width)
    : implementation_(std::make_unique<Implementation>(Geometry{
          activation(batch, channels, height, width), activation(batch, channels, 1, 1), {height, width}})) {}
AveragePooling::~AveragePooling() = default;
AveragePooling::AveragePooling(AveragePooling&&) noexcept = default;

void AveragePooling::forward(const float* x, float* y) {
  Step& step = implementation_->forward;
  step.point(DNNL_ARG_SRC, x);
  step.point(DNNL_ARG_DST, y);
  step.execute();
}

void AveragePooling::backward(const float* dy, float* dx) {
  Step& step = implementation_->backward;
  step.point(DNNL_ARG_DIFF_DST, dy);
  step.point(DNNL_ARG_DIFF_SRC, dx);
  step.execute();
}

}  // namespace tram::train::onednn
