#pragma once
#include <string>

#include "train/layers/batch_tensor.hpp"
#include "train/layers/parameters.hpp"
#include "train/onednn/inner_product.hpp"

namespace tram::train {

/// y = x w^T + b; parameters NAME.weight [O][I] and NAME.bias [O].
class Linear {
 public:
  Linear(NetworkParameters& parameters, const std::string& name, int batch, int in_features, int out_features);

  /// x [N][I][1][1] -> y [N][O][1][1]; x must live until backward.
  BatchTensor& forward(const ForwardPass& pass, const BatchTensor& x);
  /// dy [N][O][1][1] -> dx [N][I][1][1] and the gradients of weights and bias
  BatchTensor& backward(const BackwardPass& pass, const BatchTensor& dy);

  const std::string& name() const { return name_; }
  const BatchTensor& output() const { return y_; }

 private:
  std::string name_;
  onednn::InnerProduct primitive_;
  int64_t weight_, bias_;
  const BatchTensor* x_ = nullptr;
  BatchTensor y_, dx_;
};

}  // namespace tram::train
