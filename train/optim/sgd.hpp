#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "train/layers/parameters.hpp"

namespace tram::train {

/// Stochastic gradient descent with momentum and weight decay, as in PyTorch (no dampening, no Nesterov):
///   g := gradient + decay w;  v := momentum v + g;  w := w - rate v
/// Decay applies to weights of convolutions and linear layers, not to biases, gamma and beta.
class Sgd {
 public:
  struct Settings {
    float momentum = 0.9F;
    float weight_decay = 1e-4F;
  };

  Sgd(const ParameterList& parameters, const Settings& settings);

  /// Changes velocity (v, the whole state of the method) and values (w), both arranged as the parameters.
  void step(float rate, std::span<const float> gradient, std::span<float> velocity, std::span<float> values) const;

 private:
  Settings settings_;
  std::vector<Parameter> parameters_;
};

}  // namespace tram::train
