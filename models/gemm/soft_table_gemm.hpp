#pragma once
#include <cstdint>
#include <span>

#include "models/gemm/table_gemm.hpp"

namespace tram {

/// A multiplier's values as real numbers, while its structure is continuous: table[(w << b_bits) | x].
struct SoftTable {
  int a_bits = 8, b_bits = 8;     ///< 1 .. 8
  std::span<const float> values;  ///< 2^(a_bits + b_bits)
};

/// products[m][n] = sum_k table[w[n][k]][x[m][k]], in fp32. Operands as in table_gemm_naive.
void soft_table_gemm(const SoftTable& table, GemmShape shape, std::span<const uint8_t> weights,
                     std::span<const uint8_t> activations, std::span<float> products);

/// Adjoint of soft_table_gemm: the derivative of a loss by every entry of the table, from dproducts[m][n], the
/// derivative by the products: gradient[(w << b_bits) | x] += sum over all m, n, k with w[n][k] = w and x[m][k] = x of
/// dproducts[m][n]. The order of the additions is fixed by the operands alone.
void table_gradient(int b_bits, GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> activations,
                    std::span<const float> dproducts, std::span<float> gradient);

/// The derivatives of a loss by the operands, given those of the multiplier, slope[w][x] by x or by w:
/// gradient[m][k] += sum_n slope[w[n][k]][x[m][k]] dproducts[m][n].
void activation_gradient(const SoftTable& slope, GemmShape shape, std::span<const uint8_t> weights,
                         std::span<const uint8_t> activations, std::span<const float> dproducts,
                         std::span<float> gradient);
/// gradient[n][k] += sum_m slope[w[n][k]][x[m][k]] dproducts[m][n].
void weight_gradient(const SoftTable& slope, GemmShape shape, std::span<const uint8_t> weights,
                     std::span<const uint8_t> activations, std::span<const float> dproducts, std::span<float> gradient);

}  // namespace tram
