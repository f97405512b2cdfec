#include "models/gemm/table_kernels.hpp"

#include <immintrin.h>

#include <algorithm>
#include <memory>

namespace tram {
namespace {

constexpr int64_t k_group = 8;       // values of k whose rows are built before the activations are passed over
constexpr int64_t wide_k_group = 8;  // the same for 32-bit entries

/// Weight of column j of a block at k.
uint8_t weight(const ColumnBlock& block, int64_t j, int64_t k) {
  const int64_t n = std::min(block.n0 + j, block.shape.n - 1);
  return block.weights[n * block.shape.k + k];
}

/// Transposes 16 x 16 values: rows[i][j] to out[j][i]. Four perfect shuffles of the rows rotate the address bits
/// (row, element within a 128-bit lane) by four; the last step joins the two halves of each output row.
void transpose16(const uint16_t* const (&rows)[16], uint16_t* out) {
  __m256i a[16], b[16];
  for (int i = 0; i < 16; ++i) a[i] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[i]));
  for (int stage = 0; stage < 4; ++stage) {
    for (int i = 0; i < 8; ++i) {
      b[2 * i] = _mm256_unpacklo_epi16(a[i], a[i + 8]);
      b[2 * i + 1] = _mm256_unpackhi_epi16(a[i], a[i + 8]);
    }
    std::copy(b, b + 16, a);
  }
  auto* to = reinterpret_cast<__m256i*>(out);
  for (int e = 0; e < 8; ++e) {
    _mm256_storeu_si256(to + e, _mm256_permute2x128_si256(a[2 * e], a[2 * e + 1], 0x20));
    _mm256_storeu_si256(to + e + 8, _mm256_permute2x128_si256(a[2 * e], a[2 * e + 1], 0x31));
  }
}

/// Rows P[x][16] of one k: element 2 i is column i, element 2 i + 1 column i + 8, so that a 32-bit lane holds the
/// columns i (low half) and i + 8 (high half).
void build_rows(const uint16_t* entries, const ColumnBlock& block, int64_t k, uint16_t* rows) {
  const uint16_t* sources[16];
  for (int64_t j = 0; j < row_columns; ++j)
    sources[2 * (j % 8) + j / 8] = entries + (int64_t{weight(block, j, k)} << block.b_bits);
  for (int64_t x = 0; x < int64_t{1} << block.b_bits; x += 16) {
    transpose16(sources, rows + x * row_columns);
    for (const uint16_t*& source : sources) source += 16;
  }
}

/// sums[m] += rows of `count` values of k; `run` entries are added in 16 bits before they are widened.
/// Widening: total adds the 32-bit lanes (low + 2^16 high, modulo 2^32), high their upper halves, so
/// low = total - 2^16 high modulo 2^32.
template <int run, int count>
void add_rows(const uint16_t* rows, const ColumnBlock& block, int64_t k, int32_t* sums) {
  const uint8_t* x = block.activations + k;
  for (int64_t m = 0; m < block.shape.m; ++m, x += block.shape.k, sums += row_columns) {
    const auto row = [&](int t) {
      const uint16_t* from = rows + ((int64_t{t} << block.b_bits) + x[t]) * row_columns;
      return _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
    };
    __m256i total = _mm256_setzero_si256(), high = _mm256_setzero_si256();
    for (int t = 0; t < count; t += run) {
      __m256i pair = row(t);
      for (int s = 1; s < run; ++s) pair = _mm256_add_epi16(pair, row(t + s));
      total = _mm256_add_epi32(total, pair);
      high = _mm256_add_epi32(high, _mm256_srli_epi32(pair, 16));
    }
    const __m256i low = _mm256_sub_epi32(total, _mm256_slli_epi32(high, 16));
    auto* to = reinterpret_cast<__m256i*>(sums);
    _mm256_storeu_si256(to, _mm256_add_epi32(_mm256_loadu_si256(to), low));
    _mm256_storeu_si256(to + 1, _mm256_add_epi32(_mm256_loadu_si256(to + 1), high));
  }
}

/// Transposes 8 x 8 values: rows[i][j] to out[j * row_columns + i].
void transpose8(const int32_t* const* rows, int32_t* out) {
  __m256i a[8], b[8];
  for (int i = 0; i < 8; ++i) a[i] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[i]));
  for (int i = 0; i < 8; i += 2) {
    b[i] = _mm256_unpacklo_epi32(a[i], a[i + 1]);
    b[i + 1] = _mm256_unpackhi_epi32(a[i], a[i + 1]);
  }
  for (int i = 0; i < 8; i += 4)
    for (int pair = 0; pair < 2; ++pair) {
      a[i + 2 * pair] = _mm256_unpacklo_epi64(b[i + pair], b[i + pair + 2]);
      a[i + 2 * pair + 1] = _mm256_unpackhi_epi64(b[i + pair], b[i + pair + 2]);
    }
  for (int j = 0; j < 4; ++j) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(out + j * row_columns),
                       _mm256_permute2x128_si256(a[j], a[j + 4], 0x20));
    _mm256_store_si256(reinterpret_cast<__m256i*>(out + (j + 4) * row_columns),
                       _mm256_permute2x128_si256(a[j], a[j + 4], 0x31));
  }
}

/// Rows P[x][16] of one k, element j of column j.
void build_wide_rows(const int32_t* entries, const ColumnBlock& block, int64_t k, int32_t* rows) {
  const int32_t* sources[row_columns];
  for (int64_t j = 0; j < row_columns; ++j) sources[j] = entries + (int64_t{weight(block, j, k)} << block.b_bits);
  for (int64_t x = 0; x < int64_t{1} << block.b_bits; x += 8) {
    for (int64_t half = 0; half < row_columns; half += 8) transpose8(sources + half, rows + x * row_columns + half);
    for (const int32_t*& source : sources) source += 8;
  }
}

/// sums[m] += rows of `count` values of k.
template <int count>
void add_wide_rows(const int32_t* rows, const ColumnBlock& block, int64_t k, int32_t* sums) {
  const uint8_t* x = block.activations + k;
  for (int64_t m = 0; m < block.shape.m; ++m, x += block.shape.k, sums += row_columns) {
    auto* to = reinterpret_cast<__m256i*>(sums);
    __m256i low = _mm256_loadu_si256(to), high = _mm256_loadu_si256(to + 1);
    for (int t = 0; t < count; ++t) {
      const auto* row = reinterpret_cast<const __m256i*>(rows + ((int64_t{t} << block.b_bits) + x[t]) * row_columns);
      low = _mm256_add_epi32(low, _mm256_load_si256(row));
      high = _mm256_add_epi32(high, _mm256_load_si256(row + 1));
    }
    _mm256_storeu_si256(to, low);
    _mm256_storeu_si256(to + 1, high);
  }
}

}  // namespace

void add_narrow_block(const uint16_t* entries, int64_t range, const ColumnBlock& block, int32_t* sums) {
  struct alignas(64) Rows { uint16_t values[k_group * 256 * row_columns]; };
  const auto rows = std::make_unique_for_overwrite<Rows>();
  const int64_t one_k = row_columns << block.b_bits;
  for (int64_t k = 0; k < block.shape.k;) {
    const int64_t count = block.shape.k - k >= k_group ? k_group : 1;
    for (int64_t t = 0; t < count; ++t) build_rows(entries, block, k + t, rows->values + t * one_k);
    if (count == 1) add_rows<1, 1>(rows->values, block, k, sums);
    else if (4 * range <= 65535) add_rows<4, k_group>(rows->values, block, k, sums);
    else if (2 * range <= 65535) add_rows<2, k_group>(rows->values, block, k, sums);
    else add_rows<1, k_group>(rows->values, block, k, sums);
    k += count;
  }
}

void add_wide_block(const int32_t* entries, const ColumnBlock& block, int32_t* sums) {
  struct alignas(64) Rows { int32_t values[wide_k_group * 256 * row_columns]; };
  const auto rows = std::make_unique_for_overwrite<Rows>();
  const int64_t one_k = row_columns << block.b_bits;
  for (int64_t k = 0; k < block.shape.k;) {
    const int64_t count = block.shape.k - k >= wide_k_group ? wide_k_group : 1;
    for (int64_t t = 0; t < count; ++t) build_wide_rows(entries, block, k + t, rows->values + t * one_k);
    if (count == 1) add_wide_rows<1>(rows->values, block, k, sums);
    else add_wide_rows<wide_k_group>(rows->values, block, k, sums);
    k += count;
  }
}

void look_up_gemm(std::span<const int32_t> entries, int b_bits, GemmShape shape, std::span<const uint8_t> weights,
                  std::span<const uint8_t> activations, std::span<int32_t> products) {
  for (int64_t m = 0; m < shape.m; ++m)
    for (int64_t n = 0; n < shape.n; ++n) {
      const uint8_t* w = weights.data() + n * shape.k;
      const uint8_t* x = activations.data() + m * shape.k;
      int32_t sum = 0;
      for (int64_t k = 0; k < shape.k; ++k) sum += entries[(size_t{w[k]} << b_bits) | x[k]];
      products[static_cast<size_t>(m * shape.n + n)] = sum;
    }
}

}  // namespace tram
