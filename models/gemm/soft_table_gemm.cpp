#include "models/gemm/soft_table_gemm.hpp"

#include <immintrin.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace tram {
namespace {

constexpr int64_t columns = 16;  // of a block: two AVX2 registers
constexpr int64_t group = 4;     // values of k whose rows are in use at once: 64 KiB of rows

/// Rows [x][16] of a few values of k.
struct alignas(64) Rows {
  float values[group * 256 * columns];
  float* of(int64_t t, int64_t x) { return values + (t * 256 + x) * columns; }
};

/// A block of 16 columns; those beyond the last repeat it.
struct Block {
  GemmShape shape;
  int64_t n0;
  int b_bits;
  const uint8_t* weights;
  const uint8_t* activations;

  int64_t used() const { return std::min(columns, shape.n - n0); }
  uint8_t weight(int64_t j, int64_t k) const { return weights[std::min(n0 + j, shape.n - 1) * shape.k + k]; }
};

void build_rows(const float* table, const Block& block, int64_t k, int64_t count, Rows& rows) {
  for (int64_t t = 0; t < count; ++t)
    for (int64_t j = 0; j < columns; ++j) {
      const float* source = table + (int64_t{block.weight(j, k + t)} << block.b_bits);
      for (int64_t x = 0; x < int64_t{1} << block.b_bits; ++x) rows.of(t, x)[j] = source[x];
    }
}

/// sums[m][16] += the rows that the activations choose.
template <int count>
void add_rows(Rows& rows, const Block& block, int64_t k, float* sums) {
  const uint8_t* x = block.activations + k;
  for (int64_t m = 0; m < block.shape.m; ++m, x += block.shape.k, sums += columns) {
    __m256 low = _mm256_loadu_ps(sums), high = _mm256_loadu_ps(sums + 8);
    for (int t = 0; t < count; ++t) {
      const float* row = rows.of(t, x[t]);
      low = _mm256_add_ps(low, _mm256_load_ps(row));
      high = _mm256_add_ps(high, _mm256_load_ps(row + 8));
    }
    _mm256_storeu_ps(sums, low);
    _mm256_storeu_ps(sums + 8, high);
  }
}

/// The row that each activation chooses += dproducts[m][16].
template <int count>
void scatter_rows(const float* dproducts, const Block& block, int64_t k, Rows& rows) {
  const uint8_t* x = block.activations + k;
  for (int64_t m = 0; m < block.shape.m; ++m, x += block.shape.k, dproducts += columns) {
    const __m256 low = _mm256_loadu_ps(dproducts), high = _mm256_loadu_ps(dproducts + 8);
    for (int t = 0; t < count; ++t) {
      float* row = rows.of(t, x[t]);
      _mm256_store_ps(row, _mm256_add_ps(_mm256_load_ps(row), low));
      _mm256_store_ps(row + 8, _mm256_add_ps(_mm256_load_ps(row + 8), high));
    }
  }
}

void collect_rows(Rows& rows, const Block& block, int64_t k, int64_t count, float* gradient) {
  for (int64_t t = 0; t < count; ++t)
    for (int64_t j = 0; j < block.used(); ++j) {
      float* to = gradient + (int64_t{block.weight(j, k + t)} << block.b_bits);
      for (int64_t x = 0; x < int64_t{1} << block.b_bits; ++x) to[x] += rows.of(t, x)[j];
    }
}

}  // namespace

void soft_table_gemm(const SoftTable& table, GemmShape shape, std::span<const uint8_t> weights,
                     std::span<const uint8_t> activations, std::span<float> products) {
  const auto rows = std::make_unique_for_overwrite<Rows>();
  std::vector<float> sums(static_cast<size_t>(shape.m * columns));
  for (int64_t n0 = 0; n0 < shape.n; n0 += columns) {
    const Block block{shape, n0, table.b_bits, weights.data(), activations.data()};
    std::fill(sums.begin(), sums.end(), 0.0F);
    for (int64_t k = 0; k < shape.k;) {
      const int64_t count = shape.k - k >= group ? group : 1;
      build_rows(table.values.data(), block, k, count, *rows);
      if (count == group) add_rows<group>(*rows, block, k, sums.data());
      else add_rows<1>(*rows, block, k, sums.data());
      k += count;
    }
    for (int64_t m = 0; m < shape.m; ++m)
      std::copy_n(sums.data() + m * columns, block.used(), products.data() + m * shape.n + n0);
  }
}

void table_gradient(int b_bits, GemmShape shape, std::span<const uint8_t> weights,
                    std::span<const uint8_t> activations, std::span<const float> dproducts, std::span<float> gradient) {
  const auto rows = std::make_unique_for_overwrite<Rows>();
  std::vector<float> part(static_cast<size_t>(shape.m * columns));
  for (int64_t n0 = 0; n0 < shape.n; n0 += columns) {
    const Block block{shape, n0, b_bits, weights.data(), activations.data()};
    for (int64_t m = 0; m < shape.m; ++m)
      std::copy_n(dproducts.data() + m * shape.n + n0, block.used(), part.data() + m * columns);
    for (int64_t k = 0; k < shape.k;) {
      const int64_t count = shape.k - k >= group ? group : 1;
      std::fill_n(rows->values, count * 256 * columns, 0.0F);
      if (count == group) scatter_rows<group>(part.data(), block, k, *rows);
      else scatter_rows<1>(part.data(), block, k, *rows);
      collect_rows(*rows, block, k, count, gradient.data());
      k += count;
    }
  }
}

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
                 activations[static_cast<size_t>(m * shape.k + k)]] +=
            dproducts[static_cast<size_t>(m * shape.n + n)];
}

}  // namespace tram
