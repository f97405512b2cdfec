#include "models/gemm/exact_gemm.hpp"

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "models/support/processor.hpp"

namespace tram {
namespace {

constexpr int64_t columns = 16;
constexpr int64_t group = 4, max_rows = 8;  // rows at once with AVX2, AVX-512

/// The value of a raw code; sign: its sign bit, 0 where codes are unsigned.
int16_t value(uint8_t raw, int sign) { return static_cast<int16_t>((raw ^ sign) - sign); }

int sign_bit(bool is_signed, int bits) { return is_signed ? 1 << (bits - 1) : 0; }

/// Weights of 16 columns as pairs of k: [ceil(k / 2)][16][2] int16, zero beyond n and k.
std::vector<int16_t> pack_pairs(GemmShape shape, int64_t n0, int sign, std::span<const uint8_t> weights) {
  const int64_t pairs = (shape.k + 1) / 2;
  std::vector<int16_t> packed(static_cast<size_t>(pairs * columns * 2));
  for (int64_t j = 0; j < std::min(columns, shape.n - n0); ++j)
    for (int64_t k = 0; k < shape.k; ++k)
      packed[static_cast<size_t>((k / 2 * columns + j) * 2 + k % 2)] =
          value(weights[static_cast<size_t>((n0 + j) * shape.k + k)], sign);
  return packed;
}

/// Activations as int16 rows of even length, zero in the pad: [m][2 ceil(k / 2)].
std::vector<int16_t> widen_rows(GemmShape shape, int sign, std::span<const uint8_t> activations) {
  const int64_t stride = (shape.k + 1) / 2 * 2;
  std::vector<int16_t> rows(static_cast<size_t>(shape.m * stride));
  for (int64_t m = 0; m < shape.m; ++m)
    for (int64_t k = 0; k < shape.k; ++k)
      rows[static_cast<size_t>(m * stride + k)] = value(activations[static_cast<size_t>(m * shape.k + k)], sign);
  return rows;
}

/// Sums of `rows` rows and 16 columns, by pairs of k; results to sums [rows][16].
template <int rows>
void block(int64_t pairs, const int16_t* x, const int16_t* packed, int32_t* sums) {
  __m256i acc[rows][2] = {};
  for (int64_t p = 0; p < pairs; ++p) {
    const __m256i w0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(packed + p * columns * 2));
    const __m256i w1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(packed + p * columns * 2 + 16));
    for (int r = 0; r < rows; ++r) {
      int32_t pair;
      std::memcpy(&pair, x + (r * pairs + p) * 2, sizeof pair);
      const __m256i both = _mm256_set1_epi32(pair);
      acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(both, w0));
      acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(both, w1));
    }
  }
  for (int r = 0; r < rows; ++r)
    for (int half = 0; half < 2; ++half)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + r * columns + half * 8), acc[r][half]);
}

/// Kernel with 16 columns in one register.
template <int rows>
__attribute__((target("avx512f,avx512bw"))) void wide_block(int64_t pairs, const int16_t* x, const int16_t* packed,
                                                            int32_t* sums) {
  __m512i acc[rows] = {};
  for (int64_t p = 0; p < pairs; ++p) {
    const __m512i w = _mm512_loadu_si512(packed + p * columns * 2);
    for (int r = 0; r < rows; ++r) {
      int32_t pair;
      std::memcpy(&pair, x + (r * pairs + p) * 2, sizeof pair);
      acc[r] = _mm512_add_epi32(acc[r], _mm512_madd_epi16(_mm512_set1_epi32(pair), w));
    }
  }
  for (int r = 0; r < rows; ++r) _mm512_storeu_si512(sums + r * columns, acc[r]);
}

/// Sums of the next rows, of `left` ones; how many they are.
int64_t next_rows(int64_t left, int64_t pairs, const int16_t* x, const int16_t* packed, int32_t* sums) {
  if (has_avx512() && left >= max_rows) {
    wide_block<max_rows>(pairs, x, packed, sums);
    return max_rows;
  }
  if (left < group) {
    block<1>(pairs, x, packed, sums);
    return 1;
  }
  block<group>(pairs, x, packed, sums);
  return group;
}

}  // namespace

void exact_gemm(GemmShape shape, OperandCodes codes, std::span<const uint8_t> weights,
                std::span<const uint8_t> activations, std::span<int32_t> products) {
  const int64_t pairs = (shape.k + 1) / 2;
  const int weight_sign = sign_bit(codes.is_signed, codes.a_bits);
  const std::vector<int16_t> rows = widen_rows(shape, sign_bit(codes.is_signed, codes.b_bits), activations);
  for (int64_t n0 = 0; n0 < shape.n; n0 += columns) {
    const std::vector<int16_t> packed = pack_pairs(shape, n0, weight_sign, weights);
    const int64_t used = std::min(columns, shape.n - n0);
    for (int64_t m = 0; m < shape.m;) {
      int32_t sums[max_rows * columns];
      const int64_t height = next_rows(shape.m - m, pairs, rows.data() + m * pairs * 2, packed.data(), sums);
      for (int64_t r = 0; r < height; ++r)
        std::copy_n(sums + r * columns, used, products.data() + (m + r) * shape.n + n0);
      m += height;
    }
  }
}

}  // namespace tram
