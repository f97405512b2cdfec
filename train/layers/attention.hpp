#pragma once
#include "train/layers/layer.hpp"
#include "train/onednn/matrix_product.hpp"

namespace tram::train {

/// The two matrix products of multi-head attention (Vaswani et al., NeurIPS 2017, section 3.2). Head h owns channels
/// h D / heads .. (h + 1) D / heads - 1 of queries, keys and values.

/// y[t][h][s] = scale sum over d of q[t][h d] k[s][h d]; q [N][T][1][D], k [N][S][1][D] -> y [N][T][heads][S]
class AttentionScores : public Layer {
 public:
  AttentionScores(const BatchShape& queries, const BatchShape& keys, int heads, float scale);

  BatchShape output_shape() const override { return out_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape out_;
  onednn::MatrixProduct forward_, queries_, keys_;
};

/// y[t][h d] = sum over s of p[t][h][s] v[s][h d]; p [N][T][heads][S], v [N][S][1][D] -> y [N][T][1][D]
class AttentionContext : public Layer {
 public:
  AttentionContext(const BatchShape& probabilities, const BatchShape& values);

  BatchShape output_shape() const override { return out_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape out_;
  onednn::MatrixProduct forward_, probabilities_, values_;
};

}  // namespace tram::train
