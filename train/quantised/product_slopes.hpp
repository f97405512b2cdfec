#pragma once
#include <vector>

#include "models/multiplier/truth_table.hpp"

namespace tram::train {

/// Differences of a multiplier's derivatives by its operands from those of the exact product (x by the weight, w by the
/// activation), [w][x]: 0 everywhere is the straight-through estimator.
struct ProductSlopes {
  std::vector<float> by_weight, by_activation;
};

/// Differences of the multiplier's error, which is smoothed over codes +- half_width. Within the range they are the
/// gradient of Meng et al. (DATE 2025), which smooths the products; near its ends the error is smoothed over the codes that
/// there are. For unsigned codes of equal widths.
ProductSlopes product_slopes(const TruthTable& table, int half_width);

}  // namespace tram::train
