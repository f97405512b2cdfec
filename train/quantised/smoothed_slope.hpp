#pragma once
#include <vector>

namespace tram::train {

/// Derivative by the code of a function that is known code by code and jumps where bits change, as gradients of
/// multipliers are taken (Meng et al., DATE 2025): (S(w + 1) - S(w - 1)) / 2 with S(w) the mean of values within w +-
/// half_width; at the ends as much as there is.
std::vector<double> smoothed_slope(const std::vector<double>& values, int half_width);

}  // namespace tram::train
