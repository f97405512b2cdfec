#include "models/quant/vector_ops.hpp"

namespace tram {

std::vector<int32_t> accumulator_constants(const GemmLayer& layer) {
  const auto taps = static_cast<size_t>(layer.k());
  std::vector<int32_t> constants;
  for (size_t n = 0; n < layer.bias.size(); ++n) {
    int32_t sum_w = 0;
    if (!layer.weights.empty())
      for (size_t k = 0; k < taps; ++k) sum_w += layer.operands.value(layer.weights[n * taps + k]);
    const int32_t zero_product = layer.input_zero * layer.weight_zero[n];
    constants.push_back(layer.bias[n] - layer.input_zero * sum_w + static_cast<int32_t>(taps) * zero_product);
  }
  return constants;
}

int32_t max_pool_code(const MaxPoolLayer& layer, std::span<const int32_t> input, int row, int column, int channel) {
  const int top = row * layer.stride - layer.padding, left = column * layer.stride - layer.padding;
  int32_t largest = INT32_MIN;
  for (int y = std::max(top, 0); y < std::min(top + layer.kernel, layer.in.height); ++y)
    for (int x = std::max(left, 0); x < std::min(left + layer.kernel, layer.in.width); ++x)
      largest = std::max(largest, input[static_cast<size_t>((y * layer.in.width + x) * layer.in.channels + channel)]);
  return largest;
}

}  // namespace tram
