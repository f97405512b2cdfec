#include "train/quantised/product_slopes.hpp"

#include "train/quantised/smoothed_slope.hpp"

namespace tram::train {

ProductSlopes product_slopes(const TruthTable& table, int half_width) {
  const uint32_t codes = 1U << table.a_bits;
  ProductSlopes slopes{std::vector<float>(table.values.size()), std::vector<float>(table.values.size())};
  std::vector<double> of_weights(codes), of_activations(codes);  // errors with one operand fixed
  for (uint32_t fixed = 0; fixed < codes; ++fixed) {
    for (uint32_t code = 0; code < codes; ++code) {
      const double exact = static_cast<double>(fixed) * code;
      of_weights[code] = table.at(code, fixed) - exact;
      of_activations[code] = table.at(fixed, code) - exact;
    }
    const std::vector<double> by_weight = smoothed_slope(of_weights, half_width);
    const std::vector<double> by_activation = smoothed_slope(of_activations, half_width);
    for (uint32_t code = 0; code < codes; ++code) {
      slopes.by_weight[code << table.b_bits | fixed] = static_cast<float>(by_weight[code]);
      slopes.by_activation[fixed << table.b_bits | code] = static_cast<float>(by_activation[code]);
    }
  }
  return slopes;
}

}  // namespace tram::train
