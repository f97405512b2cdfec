#include "models/gemm/table_kernels.hpp"

#include <immintrin.h>

#include <algorithm>
#include <memory>

#include "models/support/processor.hpp"

namespace tram {
namespace {

constexpr int64_t k_group = 8;  // values of k whose rows are built before the activations are passed over
constexpr int64_t codes = 256;  // rows of a k, whatever b_bits

/// Weight of column j of a block at k.
uint8_t weight(const ColumnBlock& block, int64_t j, int64_t k) {
  const int64_t n = std::min(block.n0 + j, block.shape.n - 1);
  return block.weights[n * block.shape.k + k];
}

/// Entries of the weight at k of each column of a block: element 2 i is column i, element 2 i + 1 column i + columns /
/// 2, so that 32-bit lane i of a row holds the columns i (low half) and i + columns / 2 (high half).
template <int64_t columns>
std::array<const uint16_t*, columns> row_sources(const uint16_t* entries, const ColumnBlock& block, int64_t k) {
  std::array<const uint16_t*, columns> sources;
  for (int64_t j = 0; j < columns; ++j)
    sources[static_cast<size_t>(2 * (j % (columns / 2)) + j / (columns / 2))] =
        entries + (int64_t{weight(block, j, k)} << block.b_bits);
  return sources;
}

__m128i load8(const uint16_t* values) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(values)); }

/// The row of one k at an offset of row_offsets, for rows of `size` bytes.
template <int size>
const void* row_at(const void* rows, uint16_t offset) {
  return static_cast<const char*>(rows) + offset * (size / 32);
}

/// Rows P[x][columns] of one k, and sums over them. Each part of 128 bits of a register is transposed by itself: rows i,
/// i + 8, .. of the sources share one, and three perfect shuffles rotate the address bits (source, code) by three.
///
/// add: sums[m] += the rows of `count` values of k that the activations choose; `run` entries are added in 16 bits before
/// they are widened. Widening: total adds the 32-bit lanes (low + 2^16 high, modulo 2^32), high their upper halves, so
/// low = total - 2^16 high modulo 2^32.
struct Avx2 {
  static constexpr int64_t columns = 16;

  static void build(const uint16_t* entries, const ColumnBlock& block, int64_t k, uint16_t* rows) {
    const auto sources = row_sources<columns>(entries, block, k);
    __m256i a[8], b[8];
    for (int64_t x = 0; x < int64_t{1} << block.b_bits; x += 8) {
      for (size_t i = 0; i < 8; ++i)
        a[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(load8(sources[i] + x)), load8(sources[i + 8] + x), 1);
      for (int stage = 0; stage < 3; ++stage) {
        for (int i = 0; i < 4; ++i) {
          b[2 * i] = _mm256_unpacklo_epi16(a[i], a[i + 4]);
          b[2 * i + 1] = _mm256_unpackhi_epi16(a[i], a[i + 4]);
        }
        std::copy(b, b + 8, a);
      }
      for (int i = 0; i < 8; ++i) _mm256_store_si256(reinterpret_cast<__m256i*>(rows + (x + i) * columns), a[i]);
    }
  }

  template <int run, int count>
  static void add(const uint16_t* rows, const ColumnBlock& block, int64_t k, std::span<ColumnSums> sums) {
    const uint16_t* offset = block.offsets + block.shape.m * k;
    for (ColumnSums& sum : sums) {
      const auto row = [&](int t) {
        return *static_cast<const __m256i*>(row_at<32>(rows + t * codes * columns, offset[t]));
      };
      __m256i total = _mm256_setzero_si256(), high = _mm256_setzero_si256();
      for (int t = 0; t < count; t += run) {
        __m256i pair = row(t);
        for (int s = 1; s < run; ++s) pair = _mm256_add_epi16(pair, row(t + s));
        total = _mm256_add_epi32(total, pair);
        high = _mm256_add_epi32(high, _mm256_srli_epi32(pair, 16));
      }
      const __m256i low = _mm256_sub_epi32(total, _mm256_slli_epi32(high, 16));
      auto* to = reinterpret_cast<__m256i*>(&sum);
      to[0] = _mm256_add_epi32(to[0], low);
      to[1] = _mm256_add_epi32(to[1], high);
      offset += count;
    }
  }
};

/// Kernel with twice the columns of Avx2.
struct Avx512 {
  static constexpr int64_t columns = 32;
  using Lanes = uint32_t __attribute__((vector_size(64), may_alias));  // shifts by intrinsics warn falsely with GCC 12

  __attribute__((target("avx512f,avx512bw"))) static void build(const uint16_t* entries, const ColumnBlock& block,
                                                                int64_t k, uint16_t* rows) {
    const auto sources = row_sources<columns>(entries, block, k);
    __m512i a[8], b[8];
    for (int64_t x = 0; x < int64_t{1} << block.b_bits; x += 8) {
      for (size_t i = 0; i < 8; ++i) {
        a[i] = _mm512_inserti32x4(_mm512_castsi128_si512(load8(sources[i] + x)), load8(sources[i + 8] + x), 1);
        a[i] = _mm512_inserti32x4(a[i], load8(sources[i + 16] + x), 2);
        a[i] = _mm512_inserti32x4(a[i], load8(sources[i + 24] + x), 3);
      }
      for (int stage = 0; stage < 3; ++stage) {
        for (int i = 0; i < 4; ++i) {
          b[2 * i] = _mm512_unpacklo_epi16(a[i], a[i + 4]);
          b[2 * i + 1] = _mm512_unpackhi_epi16(a[i], a[i + 4]);
        }
        std::copy(b, b + 8, a);
      }
      for (int i = 0; i < 8; ++i) _mm512_store_si512(rows + (x + i) * columns, a[i]);
    }
  }

  template <int run, int count>
  __attribute__((target("avx512f,avx512bw"))) static void add(const uint16_t* rows, const ColumnBlock& block, int64_t k,
                                                              std::span<ColumnSums> sums) {
    const uint16_t* offset = block.offsets + block.shape.m * k;
    for (size_t i = 0; i < sums.size(); i += 2, offset += count) {
      Lanes total = {}, high = {};
      for (int t = 0; t < count; t += run) {
        __m512i pair = _mm512_load_si512(row_at<64>(rows + t * codes * columns, offset[t]));
        for (int s = t + 1; s < t + run; ++s)
          pair = _mm512_add_epi16(pair, _mm512_load_si512(row_at<64>(rows + s * codes * columns, offset[s])));
        total += reinterpret_cast<Lanes>(pair);
        high += reinterpret_cast<Lanes>(pair) >> 16;
      }
      auto* to = reinterpret_cast<Lanes*>(&sums[i]);
      to[0] += total - (high << 16);
      to[1] += high;
    }
  }
};

template <typename Kernel>
void add_narrow(const uint16_t* entries, int64_t range, const ColumnBlock& block, std::span<ColumnSums> sums) {
  constexpr int64_t one_k = codes * Kernel::columns;
  struct alignas(64) Rows {
    uint16_t values[k_group * one_k];
  };
  const auto rows = std::make_unique_for_overwrite<Rows>();
  for (int64_t k = 0; k < block.shape.k;) {
    const int64_t count = block.shape.k - k >= k_group ? k_group : 1;
    for (int64_t t = 0; t < count; ++t) Kernel::build(entries, block, k + t, rows->values + t * one_k);
    if (count == 1) Kernel::template add<1, 1>(rows->values, block, k, sums);
    else if (4 * range <= 65535) Kernel::template add<4, k_group>(rows->values, block, k, sums);
    else if (2 * range <= 65535) Kernel::template add<2, k_group>(rows->values, block, k, sums);
    else Kernel::template add<1, k_group>(rows->values, block, k, sums);
    k += count;
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
void add_wide_rows(const int32_t* rows, const ColumnBlock& block, int64_t k, std::span<ColumnSums> sums) {
  const uint16_t* offset = block.offsets + block.shape.m * k;
  for (ColumnSums& sum : sums) {
    auto* to = reinterpret_cast<__m256i*>(&sum);
    __m256i low = _mm256_load_si256(to), high = _mm256_load_si256(to + 1);
    for (int t = 0; t < count; ++t) {
      const auto* row = static_cast<const __m256i*>(row_at<64>(rows + t * codes * row_columns, offset[t]));
      low = _mm256_add_epi32(low, row[0]);
      high = _mm256_add_epi32(high, row[1]);
    }
    _mm256_store_si256(to, low);
    _mm256_store_si256(to + 1, high);
    offset += count;
  }
}

}  // namespace

std::vector<uint16_t> row_offsets(GemmShape shape, std::span<const uint8_t> activations) {
  std::vector<uint16_t> offsets(static_cast<size_t>(shape.m * shape.k));
  const auto fill = [&]<int64_t count>(int64_t k) {
    const uint8_t* x = activations.data() + k;
    uint16_t* to = offsets.data() + shape.m * k;
    for (int64_t m = 0; m < shape.m; ++m, x += shape.k, to += count)
      for (int64_t t = 0; t < count; ++t) to[t] = static_cast<uint16_t>(x[t] * 32);
  };
  int64_t k = 0;
  for (; shape.k - k >= k_group; k += k_group) fill.operator()<k_group>(k);
  for (; k < shape.k; ++k) fill.operator()<1>(k);
  return offsets;
}

bool wide_blocks() { return has_avx512(); }

void add_narrow_block(const uint16_t* entries, int64_t range, const ColumnBlock& block, std::span<ColumnSums> sums) {
  if (block.columns == Avx512::columns) add_narrow<Avx512>(entries, range, block, sums);
  else add_narrow<Avx2>(entries, range, block, sums);
}

void add_wide_block(const int32_t* entries, const ColumnBlock& block, std::span<ColumnSums> sums) {
  constexpr int64_t one_k = codes * row_columns;
  struct alignas(64) Rows {
    int32_t values[k_group * one_k];
  };
  const auto rows = std::make_unique_for_overwrite<Rows>();
  for (int64_t k = 0; k < block.shape.k;) {
    const int64_t count = block.shape.k - k >= k_group ? k_group : 1;
    for (int64_t t = 0; t < count; ++t) build_wide_rows(entries, block, k + t, rows->values + t * one_k);
    if (count == 1) add_wide_rows<1>(rows->values, block, k, sums);
    else add_wide_rows<k_group>(rows->values, block, k, sums);
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
