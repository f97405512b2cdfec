#pragma once
#include <string>

#include "train/layers/layer.hpp"
#include "train/quantised/quantiser.hpp"

namespace tram::train {

/// y = the value of x's code, for activations; parameter NAME.range [1][2]. One quantiser for the whole map.
class FakeQuantise : public Layer {
 public:
  FakeQuantise(NetworkParameters& parameters, const std::string& name, const BatchShape& shape, int bits,
               bool symmetric = false)
      : shape_(shape), range_(parameters, name + ".range", 1, bits, symmetric) {}

  const RangeParameter& range() const { return range_; }
  BatchShape output_shape() const override { return shape_; }
  void forward(const ForwardPass& pass, Inputs x, BatchTensor& y) override;
  void backward(const BackwardPass& pass, Inputs x, const BatchTensor& y, const BatchTensor& dy, Gradients dx) override;

 private:
  BatchShape shape_;
  RangeParameter range_;
  SpareGradient spare_;
};

}  // namespace tram::train
