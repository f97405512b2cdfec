#include "train/quantised/fake_quantise.hpp"

namespace tram::train {

void FakeQuantise::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  const FakeQuantiser quantiser{range_.affine(pass.trained), range_.bits()};
  fake_quantise(quantiser, x[0]->values(), y.values());
}

void FakeQuantise::backward(const BackwardPass& pass, Inputs x, const BatchTensor&, const BatchTensor& dy,
                            Gradients dx) {
  const FakeQuantiser quantiser{range_.affine(pass.trained), range_.bits()};
  float* range = range_.gradient(pass.gradient);
  range[0] = range[1] = 0;
  fake_quantise_backward(quantiser, x[0]->values(), dy.values(), spare_.instead_of(dx[0], shape_).values(), range);
}

}  // namespace tram::train
