#pragma once
#include <string>
#include <vector>

#include "train/layers/layer.hpp"
#include "train/onednn/layer_normalization.hpp"

namespace tram::train {

/// Layer normalisation over the channels of each position; parameters NAME.weight (gamma) and NAME.bias (beta), [C].
class LayerNorm : public Layer {
 public:
  LayerNorm(NetworkParameters& parameters, const std::string& name, const BatchShape& shape, float epsilon);

  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape shape_;
  onednn::LayerNormalization primitive_;
  int64_t gamma_, beta_;
  std::vector<float> mean_, variance_;  ///< of each position, from the last forward pass
  SpareGradient spare_;
};

}  // namespace tram::train
