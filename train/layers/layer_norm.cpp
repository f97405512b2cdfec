#include "train/layers/layer_norm.hpp"

namespace tram::train {

LayerNorm::LayerNorm(NetworkParameters& parameters, const std::string& name, const BatchShape& shape, float epsilon)
    : shape_(shape), primitive_(shape.rows(), shape.channels, epsilon),
      gamma_(parameters.trained.add(name + ".weight", {shape.channels}, Parameter::Kind::gamma)),
      beta_(parameters.trained.add(name + ".bias", {shape.channels}, Parameter::Kind::beta)),
      mean_(static_cast<size_t>(shape.rows())), variance_(mean_.size()) {}

void LayerNorm::forward(const ForwardPass& pass, Inputs x, BatchTensor& y) {
  const float* trained = pass.trained.data();
  primitive_.forward(x[0]->data(), trained + gamma_, trained + beta_, y.data(), mean_.data(), variance_.data());
}

void LayerNorm::backward(const BackwardPass& pass, Inputs x, const BatchTensor&, const BatchTensor& dy, Gradients dx) {
  primitive_.backward(x[0]->data(), mean_.data(), variance_.data(), pass.trained.data() + gamma_, dy.data(),
                      spare_.instead_of(dx[0], shape_).data(), pass.gradient.data() + gamma_,
                      pass.gradient.data() + beta_);
}

}  // namespace tram::train
