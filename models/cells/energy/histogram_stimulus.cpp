#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "models/cells/energy/operand_stimulus.hpp"
#include "models/multiplier/operand_histogram.hpp"

namespace tram {

OperandStimulus histogram_stimulus(const OperandHistogram& histogram, size_t transitions, uint64_t seed) {
  OperandStimulus stimulus{
      histogram.a_bits, histogram.b_bits, {}, fmt::format("{} pairs from a histogram, seed {}", transitions, seed)};
  std::vector<double> cumulative(histogram.weight.size());
  std::partial_sum(histogram.weight.begin(), histogram.weight.end(), cumulative.begin());
  std::mt19937_64 random(seed);
  for (size_t i = 0; i <= transitions; ++i) {
    const double at = static_cast<double>(random() >> 11) * 0x1p-53 * cumulative.back();
    const auto found = std::upper_bound(cumulative.begin(), cumulative.end() - 1, at);
    stimulus.vectors.push_back(static_cast<uint64_t>(found - cumulative.begin()));
  }
  return stimulus;
}

}  // namespace tram
