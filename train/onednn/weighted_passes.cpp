#include "train/onednn/weighted_passes.hpp"

namespace tram::train::onednn {

WeightedPasses::WeightedPasses(const WeightedLayouts& layouts, const dnnl::primitive_desc& forward,
                               const dnnl::primitive_desc& data, const dnnl::primitive_desc& weights)
    : has_bias_(layouts.bias.data.ndims != 0), forward_(forward), data_(data), weights_(weights),
      forward_w_(layouts.w, forward.weights_desc()), data_w_(layouts.w, data.weights_desc()),
      weights_dw_(weights.diff_weights_desc(), layouts.w) {
  forward_.bind(DNNL_ARG_SRC, layouts.x);
  forward_.bind(DNNL_ARG_WEIGHTS, forward.weights_desc());
  forward_.bind(DNNL_ARG_DST, layouts.y);
  data_.bind(DNNL_ARG_DIFF_DST, layouts.y);
  data_.bind(DNNL_ARG_WEIGHTS, data.weights_desc());
  data_.bind(DNNL_ARG_DIFF_SRC, layouts.x);
  weights_.bind(DNNL_ARG_SRC, layouts.x);
  weights_.bind(DNNL_ARG_DIFF_DST, layouts.y);
  weights_.bind(DNNL_ARG_DIFF_WEIGHTS, weights.diff_weights_desc());
  if (!has_bias_) return;
  forward_.bind(DNNL_ARG_BIAS, layouts.bias);
  weights_.bind(DNNL_ARG_DIFF_BIAS, layouts.bias);
}

void WeightedPasses::forward(const float* x, const float* w, const float* bias, float* y) {
  if (has_bias_) forward_.point(DNNL_ARG_BIAS, bias);
  forward_.run({{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, forward_w_(w)}, {DNNL_ARG_DST, y}});
}

void WeightedPasses::backward_data(const float* dy, const float* w, float* dx) {
  data_.run({{DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_WEIGHTS, data_w_(w)}, {DNNL_ARG_DIFF_SRC, dx}});
}

void WeightedPasses::backward_weights(const float* x, const float* dy, float* dw, float* dbias) {
  if (has_bias_) weights_.point(DNNL_ARG_DIFF_BIAS, dbias);
  weights_.run({{DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_WEIGHTS, weights_dw_.source_for(dw)}});
  weights_dw_.copy_to(dw);
}

}  // namespace tram::train::onednn
