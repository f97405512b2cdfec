#include "train/onednn/batch_normalization.hpp"

#include "train/onednn/support.hpp"

namespace tram::train::onednn {
namespace {

using dnnl::memory;
using Flags = dnnl::normalization_flags;
const auto scale_and_shift = Flags::use_scale | Flags::use_shift;

struct Geometry {
  memory::desc x, channel;
  float epsilon;
};

}  // namespace

struct BatchNormalization::Implementation {
  explicit Implementation(const Geometry& g)
      : training_pd(describe<dnnl::batch_normalization_forward>(
            {dnnl::prop_kind::forward_training, g.x, g.epsilon, scale_and_shift})),
        training(training_pd),
        inference(describe<dnnl::batch_normalization_forward>(
            {dnnl::prop_kind::forward_inference, g.x, g.epsilon, scale_and_shift | Flags::use_global_stats})),
        backward(describe<dnnl::batch_normalization_backward>(
            {dnnl::prop_kind::backward, g.x, g.x, g.epsilon, scale_and_shift}, training_pd)) {
    for (Step* step : {&training, &inference, &backward}) {
      step->bind(DNNL_ARG_SRC, g.x);
      step->bind(DNNL_ARG_SCALE, g.channel);
      step->bind(DNNL_ARG_MEAN, g.channel);
      step->bind(DNNL_ARG_VARIANCE, g.channel);
    }
    for (Step* step : {&training, &inference}) {
      step->bind(DNNL_ARG_SHIFT, g.channel);
      step->bind(DNNL_ARG_DST, g.x);
    }
    backward.bind(DNNL_ARG_SHIFT, dnnl::memory(g.channel, cpu_engine()));  // 2.6 asks for it and does not read it
    backward.bind(DNNL_ARG_DIFF_DST, g.x);
    backward.bind(DNNL_ARG_DIFF_SRC, g.x);
    backward.bind(DNNL_ARG_DIFF_SCALE, g.channel);
    backward.bind(DNNL_ARG_DIFF_SHIFT, g.channel);
  }

  dnnl::batch_normalization_forward::primitive_desc training_pd;
  Step training, inference, backward;
};

BatchNormalization::BatchNormalization(int batch, int channels, int height, int width, float epsilon)
    : implementation_(std::make_unique<Implementation>(
          Geometry{activation(batch, channels, height, width),
                   memory::desc({channels}, memory::data_type::f32, memory::format_tag::x), epsilon})) {}
BatchNormalization::~BatchNormalization() = default;
BatchNormalization::BatchNormalization(BatchNormalization&&) noexcept = default;

void BatchNormalization::forward_training(const float* x, const float* gamma, const float* beta, float* y, float* mean,
                                          float* variance) {
  implementation_->training.run({{DNNL_ARG_SRC, x},
                                 {DNNL_ARG_SCALE, gamma},
                                 {DNNL_ARG_SHIFT, beta},
                                 {DNNL_ARG_DST, y},
                                 {DNNL_ARG_MEAN, mean},
                                 {DNNL_ARG_VARIANCE, variance}});
}

void BatchNormalization::forward_inference(const float* x, const float* gamma, const float* beta, const float* mean,
                                           const float* variance, float* y) {
  implementation_->inference.run({{DNNL_ARG_SRC, x},
                                  {DNNL_ARG_SCALE, gamma},
                                  {DNNL_ARG_SHIFT, beta},
                                  {DNNL_ARG_MEAN, mean},
                                  {DNNL_ARG_VARIANCE, variance},
                                  {DNNL_ARG_DST, y}});
}

void BatchNormalization::backward(const float* x, const float* mean, const float* variance, const float* gamma,
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
