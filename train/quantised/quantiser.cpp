#include "train/quantised/quantiser.hpp"

#include <algorithm>
#include <cmath>

namespace tram::train {

float FakeQuantiser::unclamped(float value) const {
  return std::nearbyint(value * inverse()) + static_cast<float>(affine.zero);
}

float FakeQuantiser::operator()(float value) const {
  const float code = std::clamp(unclamped(value), 0.0F, static_cast<float>((1 << bits) - 1));
  return affine.scale * (code - static_cast<float>(affine.zero));
}

void fake_quantise_backward(const FakeQuantiser& quantiser, std::span<const float> x, std::span<const float> dy,
                            std::span<float> dx, float* range_gradient) {
  const float inverse = quantiser.inverse(), zero = static_cast<float>(quantiser.affine.zero);
  const float last = static_cast<float>((1 << quantiser.bits) - 1);
  float below = 0, above = 0, within = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const float scaled = x[i] * inverse, rounded = std::nearbyint(scaled), code = rounded + zero;
    const bool low = code < 0, high = code > last;
    below += low ? dy[i] : 0;
    above += high ? dy[i] : 0;
    within += low || high ? 0 : dy[i] * (rounded - scaled);
    dx[i] = low || high ? 0 : dy[i];
  }
  const float balance = 1 / std::sqrt(static_cast<float>(x.size()) * (last + 1));
  range_gradient[0] += balance * (below - within / last);
  range_gradient[1] += balance * (above + within / last);
}

}  // namespace tram::train
