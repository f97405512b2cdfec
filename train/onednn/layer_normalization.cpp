#include "train/onednn/layer_normalization.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;
const auto scale_and_shift = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;

struct Geometry {
  Geometry(int64_t rows, int64_t channels, float e)
      : x({rows, channels}, memory::data_type::f32, memory::format_tag::ab),
        row({rows}, memory::data_type::f32, memory::format_tag::a),
        channel({channels}, memory::data_type::f32, memory::format_tag::a), epsilon(e) {}
  memory::desc x, row, channel;
  float epsilon;
};

}  // namespace

struct LayerNormalization::Implementation {
  explicit Implementation(const Geometry& g)
      : forward_pd(describe<dnnl::layer_normalization_forward>(
            {dnnl::prop_kind::forward_training, g.x, g.row, g.epsilon, scale_and_shift})),
        forward(forward_pd),
        backward(describe<dnnl::layer_normalization_backward>(
            {dnnl::prop_kind::backward, g.x, g.x, g.row, g.epsilon, scale_and_shift}, forward_pd)) {
    for (Step* step : {&forward, &backward}) {
      step->bind(DNNL_ARG_SRC, g.x);
      step->bind(DNNL_ARG_SCALE, g.channel);
      step->bind(DNNL_ARG_SHIFT, g.channel);
      step->bind(DNNL_ARG_MEAN, g.row);
      step->bind(DNNL_ARG_VARIANCE, g.row);
    }
    forward.bind(DNNL_ARG_DST, g.x);
    backward.bind(DNNL_ARG_SHIFT, dnnl::memory(g.channel, cpu_engine()));  // asked for, not read
    backward.bind(DNNL_ARG_DIFF_DST, g.x);
    backward.bind(DNNL_ARG_DIFF_SRC, g.x);
    backward.bind(DNNL_ARG_DIFF_SCALE, g.channel);
    backward.bind(DNNL_ARG_DIFF_SHIFT, g.channel);
  }

  dnnl::layer_normalization_forward::primitive_desc forward_pd;
  Step forward, backward;
};

LayerNormalization::LayerNormalization(int64_t rows, int channels, float epsilon)
    : implementation_(std::make_unique<Implementation>(Geometry(rows, channels, epsilon))) {}
LayerNormalization::~LayerNormalization() = default;
LayerNormalization::LayerNormalization(LayerNormalization&&) noexcept = default;

void LayerNormalization::forward(const float* x, const float* gamma, const float* beta, float* y, float* mean,
                                 float* variance) {
  implementation_->forward.run({{DNNL_ARG_SRC, x},
                                {DNNL_ARG_SCALE, gamma},
                                {DNNL_ARG_SHIFT, beta},
                                {DNNL_ARG_DST, y},
                                {DNNL_ARG_MEAN, mean},
                                {DNNL_ARG_VARIANCE, variance}});
}

void LayerNormalization::backward(const float* x, const float* mean, const float* variance, const float* gamma,
                                  const float* dy, float* dx, float* dgamma, float* dbeta) {
  implementation_->backward.run({{DNNL_ARG_SRC, x},
                                 {DNNL_ARG_MEAN, mean},
                                 {DNNL_ARG_VARIANCE, variance},
                                 {DNNL_ARG_SCALE, gamma},
                                 {DNNL_ARG_DIFF_DST, dy},
                                 {DNNL_ARG_DIFF_SRC, dx},
                                 {DNNL_ARG_DIFF_SCALE, dgamma},
                                 {DNNL_ARG_DIFF_SHIFT, dbeta}});
}

}  // namespace tram::train::onednn
