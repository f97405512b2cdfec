#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

#include "models/data/philox.hpp"
#include "train/layers/batch_tensor.hpp"

namespace tram::train {

/// Fills values uniformly in [-size, size].
inline void fill_random(std::span<float> values, uint64_t seed, float size = 1) {
  RandomItem random(seed, 0, 0);
  for (float& value : values) value = size * (2 * random.unit() - 1);
}

inline BatchTensor random_tensor(const BatchShape& shape, uint64_t seed) {
  BatchTensor tensor(shape);
  fill_random(tensor.values(), seed);
  return tensor;
}

/// sum of a[i] b[i], in double
inline double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

/// Expects `analytic` to be the derivative of loss() by each of the values, which loss() reads: central differences
/// over +-step, equal within `tolerance` times the largest of them.
inline void expect_gradient(std::span<float> values, std::span<const float> analytic,
                            const std::function<double()>& loss, float step, double tolerance) {
  ASSERT_EQ(values.size(), analytic.size());
  double largest = 0;
  for (const float gradient : analytic) largest = std::max(largest, std::abs(double{gradient}));
  ASSERT_GT(largest, 0);
  for (size_t i = 0; i < values.size(); ++i) {
    const float kept = values[i];
    values[i] = kept + step;
    const double above = loss(), high = values[i];
    values[i] = kept - step;
    const double below = loss(), low = values[i];
    values[i] = kept;
    ASSERT_NEAR((above - below) / (high - low), analytic[i], tolerance * largest) << "at " << i;
  }
}

}  // namespace tram::train
