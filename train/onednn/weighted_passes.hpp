#pragma once
#include "train/onednn/support.hpp"

namespace tram::train::onednn {

/// Layouts of an operation y = w * x + bias; `w` is that of the callers, in which weights come and their derivatives go.
struct WeightedLayouts {
  dnnl::memory::desc x, y, w, bias;  ///< bias: empty where there is none

  /// Weights as oneDNN likes them best.
  dnnl::memory::desc any_w() const { return {w.dims(), w.data_type(), dnnl::memory::format_tag::any}; }
};

/// The three passes of such an operation.
class WeightedPasses {
 public:
  WeightedPasses(const WeightedLayouts& layouts, const dnnl::primitive_desc& forward, const dnnl::primitive_desc& data,
                 const dnnl::primitive_desc& weights);

  /// bias, dbias: not read without a bias
  void forward(const float* x, const float* w, const float* bias, float* y);
  void backward_data(const float* dy, const float* w, float* dx);
  void backward_weights(const float* x, const float* dy, float* dw, float* dbias);

 private:
  bool has_bias_;
  Step forward_, data_, weights_;
  Relayout forward_w_, data_w_, weights_dw_;
};

}  // namespace tram::train::onednn
