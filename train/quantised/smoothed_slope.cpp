#include "train/quantised/smoothed_slope.hpp"

#include <algorithm>
#include <numeric>

namespace tram::train {

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

}  // namespace tram::train
