#include "models/quant/column_requantiser.hpp"

#include <immintrin.h>

#include "models/quant/accumulator.hpp"

namespace tram {
namespace {

constexpr size_t group = 4;  // columns in one register of 64-bit values

__m128i load(const int32_t* values) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(values)); }

/// requantise() of four columns: round_half_even_shift of requantise.hpp, step by step.
__m256i requantise_group(__m128i sums, __m128i multipliers, __m128i shifts) {
  const __m256i one = _mm256_set1_epi64x(1), offset = _mm256_set1_epi64x(INT64_MIN);
  const __m256i value = _mm256_mul_epi32(_mm256_cvtepi32_epi64(sums), _mm256_cvtepi32_epi64(multipliers));
  const __m256i shift = _mm256_cvtepi32_epi64(shifts);
  const __m256i floor =
      _mm256_sub_epi64(_mm256_srlv_epi64(_mm256_xor_si256(value, offset), shift), _mm256_srlv_epi64(offset, shift));
  const __m256i half = _mm256_sllv_epi64(one, _mm256_sub_epi64(shift, one));
  const __m256i rest = _mm256_and_si256(value, _mm256_sub_epi64(_mm256_add_epi64(half, half), one));
  const __m256i up = _mm256_cmpgt_epi64(_mm256_add_epi64(rest, _mm256_and_si256(floor, one)), half);
  return _mm256_sub_epi64(floor, up);  // up is -1 where true
}

/// clamp(zero + value, low, high) of four columns, as 32-bit values.
__m128i saturate_group(__m256i value, __m256i zero, __m256i low, __m256i high) {
  __m256i code = _mm256_add_epi64(value, zero);
  code = _mm256_blendv_epi8(code, low, _mm256_cmpgt_epi64(low, code));
  code = _mm256_blendv_epi8(code, high, _mm256_cmpgt_epi64(code, high));
  return _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(code, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6)));
}

}  // namespace

void ColumnRequantiser::add(int32_t column_constant, int32_t column_weight_zero, Requantiser requantiser) {
  constant.push_back(column_constant);
  weight_zero.push_back(column_weight_zero);
  multiplier.push_back(requantiser.multiplier);
  shift.push_back(requantiser.shift);
}

void ColumnRequantiser::accumulators(std::span<const int32_t> products, int32_t sum_x, std::span<int32_t> sums) const {
  int32_t* __restrict to = sums.data();
  for (size_t n = 0; n < products.size(); ++n) to[n] = accumulator(products[n], sum_x, weight_zero[n], constant[n]);
}

void ColumnRequantiser::codes(std::span<const int32_t> products, int32_t sum_x, std::span<int32_t> codes) const {
  accumulators(products, sum_x, codes);
  const __m256i zero = _mm256_set1_epi64x(output_zero), low = _mm256_set1_epi64x(clamp_low),
                high = _mm256_set1_epi64x(clamp_high);
  size_t n = 0;
  for (; n + group <= products.size(); n += group) {
    const __m256i values = requantise_group(load(&codes[n]), load(&multiplier[n]), load(&shift[n]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&codes[n]), saturate_group(values, zero, low, high));
  }
  for (; n < products.size(); ++n)
    codes[n] = saturate(requantise(codes[n], {multiplier[n], shift[n]}), output_zero, clamp_low, clamp_high);
}

}  // namespace tram
