#pragma once
#include <cstdint>
#include <random>

#include "models/quant/integer_network.hpp"
#include "sim/mapping/limits.hpp"

namespace tram::test {

/// Up to five layers of any kind and order on a small map: kernels of any aspect, strides that skip pixels, padding up
/// to the kernel, groups, additions, subsampling, max pooling; at the end a GEMM over the whole map, in half of the
/// cases behind an average.
IntegerNetwork random_network(std::mt19937& random);

/// An array of up to 20 x 12 PEs and memories from too small for anything to room for everything.
Limits random_limits(std::mt19937& random);

}  // namespace tram::test
