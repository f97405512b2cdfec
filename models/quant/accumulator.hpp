#pragma once
#include <cstdint>
#include <vector>

#include "models/quant/integer_network.hpp"

namespace tram {

// The accumulators of the array's results, in integers: the only definition, called by the golden inference and by the
// simulator's vector unit. Codes are values (CodeFormat::value).

/// The part of a layer's accumulators that no activation changes, [N]:
/// bias[n] - zx sum_k w[n][k] + K zx zw[n].
std::vector<int32_t> accumulator_constants(const GemmLayer& layer);

/// Constant of one head of a product of activations: bias - za sum_k b + K za zb, with sum_b = sum_k b of a column.
inline int32_t matmul_constant(const MatmulParameters& p, int32_t sum_b) {
  return p.bias + p.a_zero * (p.inner * p.b_zero - sum_b);
}

/// The accumulator of output channel n from the array's results: products = sum_k AxM(w, x), sum_x = sum_k x.
inline int32_t accumulator(int32_t products, int32_t sum_x, int32_t weight_zero, int32_t constant) {
  return products - weight_zero * sum_x + constant;
}

}  // namespace tram
