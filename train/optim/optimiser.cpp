#include "train/optim/optimiser.hpp"

#include <cmath>

namespace tram::train {
namespace {

float decay_of(const Parameter& parameter, const OptimiserSettings& settings) {
  return parameter.kind == Parameter::Kind::weight ? settings.weight_decay : 0.0F;
}

float rate_of(const Parameter& parameter, const OptimiserSettings& settings) {
  return parameter.kind == Parameter::Kind::structure ? settings.structure_rate : 1.0F;
}

/// Calls visit(i, decay, share of the learning rate) for every trained value.
template <typename Visit>
void for_each_value(const std::vector<Parameter>& parameters, const OptimiserSettings& settings, const Visit& visit) {
  for (const Parameter& parameter : parameters) {
    const float decay = decay_of(parameter, settings), share = rate_of(parameter, settings);
    const auto end = static_cast<size_t>(parameter.offset + parameter.size);
    for (auto i = static_cast<size_t>(parameter.offset); i < end; ++i) visit(i, decay, share);
  }
}

class Sgd : public Optimiser {
 public:
  Sgd(const ParameterList& parameters, const OptimiserSettings& settings)
      : settings_(settings), parameters_(parameters.entries()) {}

  std::vector<std::string> slots() const override { return {"velocity"}; }
  void step(float rate, int64_t, std::span<const float> gradient, Slots& slots,
            std::span<float> values) const override {
    std::vector<float>& velocity = slots[0];
    for_each_value(parameters_, settings_, [&](size_t i, float decay, float share) {
      velocity[i] = settings_.momentum * velocity[i] + (gradient[i] + decay * values[i]);
      values[i] -= rate * share * velocity[i];
    });
  }

 private:
  OptimiserSettings settings_;
  std::vector<Parameter> parameters_;
};

class Adam : public Optimiser {
 public:
  Adam(const ParameterList& parameters, const OptimiserSettings& settings)
      : settings_(settings), parameters_(parameters.entries()) {}

  std::vector<std::string> slots() const override { return {"first_moment", "second_moment"}; }
  void step(float rate, int64_t count, std::span<const float> gradient, Slots& slots,
            std::span<float> values) const override {
    const auto t = static_cast<double>(count + 1);
    const float b1 = settings_.momentum, b2 = settings_.second_moment;
    const auto first_scale = static_cast<float>(1 / (1 - std::pow(double{b1}, t)));
    const auto second_scale = static_cast<float>(1 / (1 - std::pow(double{b2}, t)));
    for_each_value(parameters_, settings_, [&](size_t i, float decay, float share) {
      slots[0][i] = b1 * slots[0][i] + (1 - b1) * gradient[i];
      slots[1][i] = b2 * slots[1][i] + (1 - b2) * gradient[i] * gradient[i];
      const float direction = slots[0][i] * first_scale / (std::sqrt(slots[1][i] * second_scale) + 1e-8F);
      values[i] -= rate * share * (direction + decay * values[i]);
    });
  }

 private:
  OptimiserSettings settings_;
  std::vector<Parameter> parameters_;
};

}  // namespace

std::unique_ptr<Optimiser> make_optimiser(const ParameterList& parameters, const OptimiserSettings& settings) {
  if (settings.method == OptimiserKind::adam) return std::make_unique<Adam>(parameters, settings);
  return std::make_unique<Sgd>(parameters, settings);
}

void update_average(float decay, std::span<const float> values, std::span<float> average) {
  for (size_t i = 0; i < values.size(); ++i) average[i] = decay * average[i] + (1 - decay) * values[i];
}

}  // namespace tram::train
