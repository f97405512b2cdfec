#include "models/gemm/soft_table_gemm.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace tram {
namespace {

// Plain loops, one look-up a multiply-accumulate, summed in double: the definitions.

void soft_table_gemm_naive(const SoftTable& table, GemmShape shape, std::span<const uint8_t> weights,
                           std::span<const uint8_t> activations, std::span<double> products) {
  for (int64_t m = 0; m < shape.m; ++m)
    for (int64_t n = 0; n < shape.n; ++n) {
      double sum = 0;
      for (int64_t k = 0; k < shape.k; ++k)
        sum += table.values[size_t{weights[static_cast<size_t>(n * shape.k + k)]} << table.b_bits |
                            activations[static_cast<size_t>(m * shape.k + k)]];
      products[static_cast<size_t>(m * shape.n + n)] = sum;
    }
}

void table_gradient_naive(int b_bits, GemmShape shape, std::span<const uint8_t> weights,
                          std::span<const uint8_t> activations, std::span<const float> dproducts,
                          std::span<double> gradient) {
  for (int64_t m = 0; m < shape.m; ++m)
    for (int64_t n = 0; n < shape.n; ++n)
      for (int64_t k = 0; k < shape.k; ++k)
        gradient[size_t{weights[static_cast<size_t>(n * shape.k + k)]} << b_bits |
                 activations[static_cast<size_t>(m * shape.k + k)]] += dproducts[static_cast<size_t>(m * shape.n + n)];
}

/// The two derivatives by operands; slope is that by the activations for the one, by the weights for the other.
void operand_gradients_naive(const SoftTable& slope, GemmShape shape, std::span<const uint8_t> weights,
                             std::span<const uint8_t> activations, std::span<const float> dproducts,
                             std::span<double> by_weights, std::span<double> by_activations) {
  for (int64_t m = 0; m < shape.m; ++m)
    for (int64_t n = 0; n < shape.n; ++n)
      for (int64_t k = 0; k < shape.k; ++k) {
        const auto at_w = static_cast<size_t>(n * shape.k + k), at_x = static_cast<size_t>(m * shape.k + k);
        const double part = double{slope.values[size_t{weights[at_w]} << slope.b_bits | activations[at_x]]} *
                            dproducts[static_cast<size_t>(m * shape.n + n)];
        by_weights[at_w] += part;
        by_activations[at_x] += part;
      }
}

struct Problem {
  Problem(GemmShape s, int a, int b) : shape(s), a_bits(a), b_bits(b), generator(static_cast<unsigned>(s.m + s.n)) {
    for (int64_t i = 0; i < s.n * s.k; ++i) w.push_back(static_cast<uint8_t>(generator() & ((1U << a) - 1)));
    for (int64_t i = 0; i < s.m * s.k; ++i) x.push_back(static_cast<uint8_t>(generator() & ((1U << b) - 1)));
    table = normal(size_t{1} << (a + b));
    dproducts = normal(static_cast<size_t>(s.m * s.n));
  }
  std::vector<float> normal(size_t count) {
    std::normal_distribution<float> distribution;
    std::vector<float> values(count);
    for (float& value : values) value = distribution(generator);
    return values;
  }

  GemmShape shape;
  int a_bits, b_bits;
  std::mt19937 generator;
  std::vector<uint8_t> w, x;
  std::vector<float> table, dproducts;
};

class SoftTableGemm : public testing::TestWithParam<Problem> {};

TEST_P(SoftTableGemm, ForwardEqualsTheDefinition) {
  const Problem& p = GetParam();
  const SoftTable table{p.a_bits, p.b_bits, p.table};
  std::vector<float> products(p.dproducts.size(), NAN);
  std::vector<double> expected(p.dproducts.size());
  soft_table_gemm(table, p.shape, p.w, p.x, products);
  soft_table_gemm_naive(table, p.shape, p.w, p.x, expected);
  for (size_t i = 0; i < products.size(); ++i) ASSERT_NEAR(products[i], expected[i], 1e-4) << i;
}

TEST_P(SoftTableGemm, GradientEqualsTheDefinitionAndAddsToWhatIsThere) {
  const Problem& p = GetParam();
  std::vector<float> gradient(p.table.size(), 1.0F);
  std::vector<double> expected(p.table.size(), 1.0);
  table_gradient(p.b_bits, p.shape, p.w, p.x, p.dproducts, gradient);
  table_gradient_naive(p.b_bits, p.shape, p.w, p.x, p.dproducts, expected);
  for (size_t i = 0; i < gradient.size(); ++i) ASSERT_NEAR(gradient[i], expected[i], 2e-3) << i;
}

TEST_P(SoftTableGemm, OperandGradientsEqualTheDefinitionAndAddToWhatIsThere) {
  const Problem& p = GetParam();
  const SoftTable slope{p.a_bits, p.b_bits, p.table};
  std::vector<float> by_weights(p.w.size(), 1.0F), by_activations(p.x.size(), 2.0F);
  std::vector<double> weights(p.w.size(), 1.0), activations(p.x.size(), 2.0);
  weight_gradient(slope, p.shape, p.w, p.x, p.dproducts, by_weights);
  activation_gradient(slope, p.shape, p.w, p.x, p.dproducts, by_activations);
  operand_gradients_naive(slope, p.shape, p.w, p.x, p.dproducts, weights, activations);
  for (size_t i = 0; i < weights.size(); ++i) ASSERT_NEAR(by_weights[i], weights[i], 1e-4) << i;
  for (size_t i = 0; i < activations.size(); ++i) ASSERT_NEAR(by_activations[i], activations[i], 1e-4) << i;
}

/// <forward(table), dproducts> = <table, adjoint(dproducts)>
TEST_P(SoftTableGemm, IsAdjoint) {
  const Problem& p = GetParam();
  std::vector<float> products(p.dproducts.size()), gradient(p.table.size());
  soft_table_gemm({p.a_bits, p.b_bits, p.table}, p.shape, p.w, p.x, products);
  table_gradient(p.b_bits, p.shape, p.w, p.x, p.dproducts, gradient);
  double forward = 0, backward = 0, size = 0;
  for (size_t i = 0; i < products.size(); ++i) {
    forward += double{products[i]} * p.dproducts[i];
    size += std::abs(double{products[i]} * p.dproducts[i]);
  }
  for (size_t i = 0; i < gradient.size(); ++i) backward += double{gradient[i]} * p.table[i];
  EXPECT_NEAR(forward, backward, 1e-5 * size);
}

/// Column blocks and groups of k cut in every way, operands of different widths.
INSTANTIATE_TEST_SUITE_P(Shapes, SoftTableGemm,
                         testing::Values(Problem({1, 1, 1}, 8, 8), Problem({7, 15, 3}, 8, 8),
                                         Problem({64, 16, 4}, 8, 8), Problem({65, 17, 9}, 8, 8),
                                         Problem({257, 33, 27}, 8, 8), Problem({40, 20, 13}, 4, 4),
                                         Problem({50, 18, 6}, 5, 7)),
                         [](const auto& problem) { return "Case" + std::to_string(problem.index); });

}  // namespace
}  // namespace tram
