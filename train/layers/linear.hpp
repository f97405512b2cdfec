#pragma once
#include <string>

#include "train/layers/layer.hpp"
#include "train/onednn/inner_product.hpp"

namespace tram::train {

/// y = x w^T + b on the channels of each position; parameters NAME.weight [O][I] and, when wanted, NAME.bias [O].
/// x [N][H][W][I] -> y [N][H][W][O]
class Linear : public Layer {
 public:
  Linear(NetworkParameters& parameters, const std::string& name, const BatchShape& in, int out_channels, bool bias);

  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape shape_;
  onednn::InnerProduct primitive_;
  int64_t weight_, bias_;
};

}  // namespace tram::train
