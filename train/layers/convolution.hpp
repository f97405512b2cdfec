#pragma once
#include <optional>
#include <string>

#include "train/layers/layer.hpp"
#include "train/onednn/convolution_primitive.hpp"

namespace tram::train {

/// Convolution; parameters NAME.weight [O][I / groups][kernel][kernel] and, when the shape has one, NAME.bias [O].
/// x [N][H][W][I] -> y [N][H'][W'][O]
class Convolution : public Layer {
 public:
  Convolution(NetworkParameters& parameters, const std::string& name, const onednn::ConvolutionShape& shape);

  BatchShape output_shape() const override;
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  onednn::ConvolutionShape shape_;
  onednn::Convolution primitive_;
  int64_t weight_, bias_;
};

}  // namespace tram::train
