#include "models/network/float_gemm.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tram {
namespace {

/// Small integers, whose sums fp32 holds exactly: any order of summation gives the same result.
std::vector<float> integers(size_t count, std::mt19937& generator) {
  std::uniform_int_distribution<int> values(-8, 8);
  std::vector<float> result(count);
  for (float& value : result) value = static_cast<float>(values(generator));
  return result;
}

TEST(FloatGemm, EqualsDefinitionOnEdgeSizes) {
  std::mt19937 generator(1);
  for (const auto& [m, n, k] : {std::array<size_t, 3>{1, 1, 1}, {3, 17, 5}, {4, 16, 9}, {13, 33, 27}, {64, 10, 64}}) {
    const std::vector<float> a = integers(m * k, generator), w = integers(n * k, generator);
    const std::vector<float> bias = integers(n, generator);
    std::vector<float> c(m * n);
    float_gemm(int64_t(m), int64_t(n), int64_t(k), a, pack_columns(w, int64_t(n), int64_t(k)), bias, c);
    for (size_t i = 0; i < m; ++i)
      for (size_t j = 0; j < n; ++j) {
        float sum = bias[j];
        for (size_t t = 0; t < k; ++t) sum += a[i * k + t] * w[j * k + t];
        ASSERT_EQ(c[i * n + j], sum) << m << ' ' << n << ' ' << k;
      }
  }
}

TEST(FloatGemm, WeightsAreReorderedChannelFastest) {
  const Tensor oihw = {{1, 2, 1, 3}, {1, 2, 3, 10, 20, 30}};
  EXPECT_EQ(gemm_weights(oihw), (std::vector<float>{1, 10, 2, 20, 3, 30}));
}

}  // namespace
}  // namespace tram
