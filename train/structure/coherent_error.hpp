#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "train/structure/operand_statistics.hpp"
#include "train/structure/recoding.hpp"

namespace tram::train {

/// Loss increase by the errors of a multiplier, to second order, with their correlation between products: the empirical
/// Fisher information in the direction of all errors together,
///   mean over images of (sum over layers, weights w and bits j of x of  slope[w][j] e[w][j])^2,
///   e[w][j] = P(c(w), 2^j) - 2^j w,
/// P(c, x) being the products and c(w) the code that represents w. Where P is a sum over the bits of x, as of partial
/// products without joins, this is the error of all products; the mean of each weight's error over its layer's x is free
/// (it goes into biases), so that slopes are taken about the mean of each bit.
///
/// RecodedError, which takes errors of different products for independent, sees nothing of a shift that all outputs have
/// in common: dropping bits of x, or coarse weights that are too small on average where x is small. (Losses are parts of a
/// batch's mean, as dproducts are.)
class CoherentError {
 public:
  /// Layers with slopes of the same images each; those without any count nothing.
  explicit CoherentError(std::span<const OperandStatistics> layers);

  /// Loss increase (see above) of codes by layer and products[(c << bits) | x]; 0 where no layer has slopes.
  double error(std::span<const Recoding> recodings, std::span<const int32_t> products) const;

 private:
  int bits_;
  size_t images_ = 0;
  std::vector<std::vector<float>> slopes_;  ///< by layer, [image][w][j]
};

}  // namespace tram::train
