#include "models/quant/accumulator.hpp"

namespace tram {

std::vector<int32_t> accumulator_constants(const GemmLayer& layer) {
  const auto taps = static_cast<size_t>(layer.k());
  std::vector<int32_t> constants;
  for (size_t n = 0; n < layer.bias.size(); ++n) {
    int32_t sum_w = 0;
    if (!layer.weights.empty())
      for (size_t k = 0; k < taps; ++k) sum_w += layer.weight_codes.value(layer.weights[n * taps + k]);
    const int32_t zero_product = layer.input_zero * layer.weight_zero[n];
    constants.push_back(layer.bias[n] - layer.input_zero * sum_w + static_cast<int32_t>(taps) * zero_product);
  }
  return constants;
}

}  // namespace tram
