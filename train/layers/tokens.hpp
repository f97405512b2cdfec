#pragma once
#include <string>
#include <utility>
#include <vector>

#include "train/layers/layer.hpp"

namespace tram::train {

/// Layers that move tokens: a map of height T, width 1 is a sequence of T tokens.

/// y = x after a learned first token; parameter NAME [1][1][C]. x [N][T][1][C] -> y [N][T + 1][1][C]
class PrependToken : public Layer {
 public:
  PrependToken(NetworkParameters& parameters, const std::string& name, const BatchShape& in);

  BatchShape output_shape() const override { return {in_.batch, in_.channels, in_.height + 1, 1}; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape in_;
  int64_t token_;
};

/// y = x + p, the same learned map p for every item of the batch; parameter NAME [1][H W][C], the position embedding.
class AddParameter : public Layer {
 public:
  AddParameter(NetworkParameters& parameters, const std::string& name, const BatchShape& shape);

  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape shape_;
  int64_t map_;
};

/// y = x + m, the same map m [H W][C] for every item of the batch, which is not trained: a mask.
class AddMask : public Layer {
 public:
  AddMask(std::vector<float> map, const BatchShape& shape) : map_(std::move(map)), shape_(shape) {}

  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  std::vector<float> map_;
  BatchShape shape_;
};

/// A box of the map: tokens [first_token, first_token + tokens) and channels likewise.
/// x [N][T][1][C] -> y [N][tokens][1][channels]
class Slice : public Layer {
 public:
  struct Range {
    int first = 0, count = 1;
  };
  Slice(const BatchShape& in, Range tokens, Range channels) : in_(in), tokens_(tokens), channels_(channels) {}

  BatchShape output_shape() const override { return {in_.batch, channels_.count, tokens_.count, in_.width}; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape in_;
  Range tokens_, channels_;
};

/// Reshape to another shape, such as a map as a sequence of tokens.
class Reshape : public Layer {
 public:
  Reshape(const BatchShape& in, const BatchShape& out) : in_(in), out_(out) {}

  BatchShape output_shape() const override { return out_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape in_, out_;
};

}  // namespace tram::train
