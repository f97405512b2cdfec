#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "train/layers/batch_tensor.hpp"

namespace tram::train {

/// The larger of the two shares of a mixed pair, .5 .. 1, a function of (seed, use): Beta(concentration, concentration)
/// above its middle (Jöhnk, Metrika 8, 1964). concentration: .01 .. 1; at 1 the share is uniform.
float mixup_share(float concentration, uint64_t seed, uint64_t use);

/// Mixup (Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018) within a batch of at least one image:
/// each becomes share times itself plus 1 - share times the image after it, the last one's next being the first. The
/// labels of the added images are those of `labels`, moved by one.
void mix_with_next(std::span<const float> shares, BatchTensor& batch);
std::vector<int> labels_of_next(std::span<const int> labels);

}  // namespace tram::train
