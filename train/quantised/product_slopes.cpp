#include "train/quantised/product_slopes.hpp"

#include <algorithm>
#include <numeric>

namespace tram::train {
namespace {

/// Derivative by the code of a function that is known code by code and jumps where bits change, as gradients of
/// multipliers are taken (Meng et al., DATE 2025): (S(w + 1) - S(w - 1)) / 2 with S(w) the mean of values within w +-
/// half_width; at the ends as much as there is.
std::vector<double> smoothed_slope(const std::vector<double>& values, int half_width) {
  const auto count = static_cast<int>(values.size());
  const auto smooth = [&](int w) {
    const int first = std::max(0, w - half_width), last = std::min(count - 1, w + half_width);
    return std::accumulate(values.begin() + first, values.begin() + last + 1, 0.0) / (last - first + 1);
  };
  std::vector<double> slope;
  for (int w = 0; w < count; ++w) {
    const int low = std::max(0, w - 1), high = std::min(count - 1, w + 1);
    slope.push_back((smooth(high) - smooth(low)) / (high - low));
  }
  return slope;
}

}  // namespace

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
