#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "train/layers/parameters.hpp"

namespace tram::train {

/// Update rule of the weights. Weight decay applies to the weights of convolutions and linear layers, not to biases,
/// normalisation, embeddings and ranges.
class Optimiser {
 public:
  /// The state of the method: one value a trained one in each slot.
  using Slots = std::vector<std::vector<float>>;

  virtual ~Optimiser() = default;
  /// Names of the slots, as checkpoints have them.
  virtual std::vector<std::string> slots() const = 0;
  /// One step; `count` steps were done before. Slots and values are arranged as the parameters.
  virtual void step(float rate, int64_t count, std::span<const float> gradient, Slots& slots,
                    std::span<float> values) const = 0;

  /// Slots that are all zero.
  Slots initial_slots(const ParameterList& parameters) const {
    return Slots(slots().size(), std::vector<float>(static_cast<size_t>(parameters.size())));
  }
};

struct OptimiserSettings {
  std::string method = "sgd";    ///< sgd or adam
  float momentum = 0.9F;         ///< of sgd; adam's beta 1
  float second_moment = 0.999F;  ///< adam's beta 2
  float weight_decay = 1e-4F;
  float structure_rate = 1;  ///< of structure parameters, times the learning rate
};

/// sgd: with momentum, as in PyTorch (no dampening, no Nesterov):
///   g := gradient + decay w;  v := momentum v + g;  w := w - rate v
/// adam: with decoupled decay (Kingma, Ba, ICLR 2015; Loshchilov, Hutter, ICLR 2019):
///   m := b1 m + (1 - b1) g;  s := b2 s + (1 - b2) g^2;
///   w := w - rate (m / (1 - b1^t) / (sqrt(s / (1 - b2^t)) + 1e-8) + decay w),  t = count + 1
std::unique_ptr<Optimiser> make_optimiser(const ParameterList& parameters, const OptimiserSettings& settings);

/// The exponential moving average of weights: average := decay average + (1 - decay) values.
void update_average(float decay, std::span<const float> values, std::span<float> average);

}  // namespace tram::train
