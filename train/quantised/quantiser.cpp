#include "train/quantised/quantiser.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace tram::train {
namespace {

constexpr size_t lanes = 8;  // of a vector
using Lanes = std::array<float, lanes>;

float sum(__m256 partial) {
  Lanes values;
  _mm256_storeu_ps(values.data(), partial);
  return std::accumulate(values.begin(), values.end(), 0.0F);
}

__m256 rounded(__m256 x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

/// Calls visit(first, count) for vectors of values, the last of which may not be full.
template <typename Visit>
void visit_vectors(size_t size, const Visit& visit) {
  for (size_t first = 0; first < size; first += lanes) visit(first, std::min(lanes, size - first));
}

/// Zeros beyond count.
__m256 load(const float* from, size_t count) {
  if (count == lanes) return _mm256_loadu_ps(from);
  Lanes values{};
  std::copy_n(from, count, values.begin());
  return _mm256_loadu_ps(values.data());
}

void store(__m256 vector, float* to, size_t count) {
  if (count == lanes) return _mm256_storeu_ps(to, vector);
  Lanes values;
  _mm256_storeu_ps(values.data(), vector);
  std::copy_n(values.begin(), count, to);
}

}  // namespace

void fake_quantise(const FakeQuantiser& quantiser, std::span<const float> x, std::span<float> y) {
  const __m256 inverse = _mm256_set1_ps(quantiser.inverse()), scale = _mm256_set1_ps(quantiser.affine.scale),
               zero = _mm256_set1_ps(static_cast<float>(quantiser.affine.zero)), first_code = _mm256_setzero_ps(),
               last_code = _mm256_set1_ps(quantiser.last());
  visit_vectors(x.size(), [&](size_t first, size_t count) {
    const __m256 code = _mm256_add_ps(rounded(_mm256_mul_ps(load(x.data() + first, count), inverse)), zero);
    const __m256 clamped = _mm256_min_ps(last_code, _mm256_max_ps(first_code, code));  // NaN stays
    store(_mm256_mul_ps(scale, _mm256_sub_ps(clamped, zero)), y.data() + first, count);
  });
}

void fake_quantise_backward(const FakeQuantiser& quantiser, std::span<const float> x, std::span<const float> dy,
                            std::span<float> dx, float* range_gradient) {
  const __m256 inverse = _mm256_set1_ps(quantiser.inverse()), first_code = _mm256_setzero_ps(),
               zero = _mm256_set1_ps(static_cast<float>(quantiser.affine.zero)),
               last_code = _mm256_set1_ps(quantiser.last());
  __m256 below = _mm256_setzero_ps(), above = below, within = below;  // partial sums, lane by lane
  visit_vectors(x.size(), [&](size_t first, size_t count) {
    const __m256 gradient = load(dy.data() + first, count);
    const __m256 scaled = _mm256_mul_ps(load(x.data() + first, count), inverse), nearest = rounded(scaled);
    const __m256 code = _mm256_add_ps(nearest, zero);
    const __m256 low = _mm256_cmp_ps(code, first_code, _CMP_LT_OQ), high = _mm256_cmp_ps(code, last_code, _CMP_GT_OQ);
    const __m256 inside = _mm256_andnot_ps(_mm256_or_ps(low, high), gradient);
    below = _mm256_add_ps(below, _mm256_and_ps(low, gradient));
    above = _mm256_add_ps(above, _mm256_and_ps(high, gradient));
    within = _mm256_add_ps(within, _mm256_mul_ps(inside, _mm256_sub_ps(nearest, scaled)));
    store(inside, dx.data() + first, count);
  });
  const float last = quantiser.last(), balance = 1 / std::sqrt(static_cast<float>(x.size()) * (last + 1));
  range_gradient[0] += balance * (sum(below) - sum(within) / last);
  range_gradient[1] += balance * (sum(above) + sum(within) / last);
}

}  // namespace tram::train
