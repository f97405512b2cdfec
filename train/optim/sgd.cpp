#include "train/optim/sgd.hpp"

namespace tram::train {

Sgd::Sgd(const ParameterList& parameters, const Settings& settings)
    : settings_(settings), parameters_(parameters.entries()) {}

void Sgd::step(float rate, std::span<const float> gradient, std::span<float> velocity,
               std::span<float> values) const {
  for (const Parameter& parameter : parameters_) {
    const float decay = parameter.kind == Parameter::Kind::weight ? settings_.weight_decay : 0.0F;
    const auto end = static_cast<size_t>(parameter.offset + parameter.size);
    for (auto i = static_cast<size_t>(parameter.offset); i < end; ++i) {
      velocity[i] = settings_.momentum * velocity[i] + (gradient[i] + decay * values[i]);
      values[i] -= rate * velocity[i];
    }
  }
}

}  // namespace tram::train
