#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/network/graph.hpp"

namespace tram {

/// A convolution or linear layer as a GEMM: c[m][n] = bias[n] + sum_k a[m][k] w[n][k], with k counting (kernel row,
/// kernel column, channel), channel fastest, as in quant/integer_network.hpp.

/// Weights (OIHW or [out, in]) in the order of the GEMM, [n][k].
std::vector<float> gemm_weights(const Tensor& weight);

/// [n][k] repacked for float_gemm: blocks of 16 columns, [ceil(n / 16)][k][16], zero beyond n.
std::vector<float> pack_columns(std::span<const float> weights, int64_t n, int64_t k);

/// a [m][k], packed from pack_columns, bias [n] or empty, c [m][n]. Each sum runs over k in order, so the result
/// does not depend on how rows are grouped.
void float_gemm(int64_t m, int64_t n, int64_t k, std::span<const float> a, std::span<const float> packed,
                std::span<const float> bias, std::span<float> c);

/// Matrix [out positions][k] of the values under the kernel at each output position; zero in the padding.
std::vector<float> float_im2col(const Tensor& input, const ConvolutionOp& conv, const FeatureShape& in,
                                const FeatureShape& out);

}  // namespace tram
