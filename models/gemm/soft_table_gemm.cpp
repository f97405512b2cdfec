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

/// Values of a block for one m: a cache line.
struct alignas(64) Columns {
  float values[columns];
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

/// sums[m] += the rows that the activations choose.
template <int count>
void add_rows(Rows& rows, const Block& block, int64_t k, std::span<Columns> sums) {
  const uint8_t* x = block.activations + k;
  for (auto& [sum] : sums) {
    __m256 low = _mm256_load_ps(sum), high = _mm256_load_ps(sum + 8);
    for (int t = 0; t < count; ++t) {
      const float* row = rows.of(t, x[t]);
      low = _mm256_add_ps(low, _mm256_load_ps(row));
      high = _mm256_add_ps(high, _mm256_load_ps(row + 8));
    }
    _mm256_store_ps(sum, low);
    _mm256_store_ps(sum + 8, high);
    x += block.shape.k;
  }
}

/// The row that each activation chooses += dproducts[m].
template <int count>
void scatter_rows(std::span<const Columns> dproducts, const Block& block, int64_t k, Rows& rows) {
  const uint8_t* x = block.activations + k;
  for (const auto& [products] : dproducts) {
    const __m256 low = _mm256_load_ps(products), high = _mm256_load_ps(products + 8);
    for (int t = 0; t < count; ++t) {
      float* row = rows.of(t, x[t]);
      _mm256_store_ps(row, _mm256_add_ps(_mm256_load_ps(row), low));
      _mm256_store_ps(row + 8, _mm256_add_ps(_mm256_load_ps(row + 8), high));
    }
    x += block.shape.k;
  }
}

void collect_rows(Rows& rows, const Block& block, int64_t k, int64_t count, float* gradient) {
  for (int64_t t = 0; t < count; ++t)
    for (int64_t j = 0; j < block.used(); ++j) {
      float* to = gradient + (int64_t{block.weight(j, k + t)} << block.b_bits);
      for (int64_t x = 0; x < int64_t{1} << block.b_bits; ++x) to[x] += rows.of(t, x)[j];
    }
}

/// Sums of the elements of four vectors.
__m128 sums_of(__m256 a, __m256 b, __m256 c, __m256 d) {
  const __m256 halves = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
  return _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1));
}

/// gradient[m][k ...] += row that each activation chooses . dproducts[m].
template <int count>
void add_row_products(Rows& rows, const Block& block, int64_t k, std::span<const Columns> dproducts, float* gradient) {
  const uint8_t* x = block.activations + k;
  gradient += k;
  for (const auto& [factors] : dproducts) {
    const __m256 low = _mm256_load_ps(factors), high = _mm256_load_ps(factors + 8);
    __m256 products[group] = {};
    for (int t = 0; t < count; ++t) {
      const float* row = rows.of(t, x[t]);
      products[t] =
          _mm256_add_ps(_mm256_mul_ps(_mm256_load_ps(row), low), _mm256_mul_ps(_mm256_load_ps(row + 8), high));
    }
    alignas(16) float sums[group];
    _mm_store_ps(sums, sums_of(products[0], products[1], products[2], products[3]));
    for (int t = 0; t < count; ++t) gradient[t] += sums[t];
    x += block.shape.k;
    gradient += block.shape.k;
  }
}

/// gradient[n][k ...] += sum over the codes x of slope[w[n][k]][x] times the scattered row of x.
void collect_slopes(const float* slope, Rows& rows, const Block& block, int64_t k, int64_t count, float* gradient) {
  for (int64_t t = 0; t < count; ++t)
    for (int64_t j = 0; j < block.used(); ++j) {
      const float* from = slope + (int64_t{block.weight(j, k + t)} << block.b_bits);
      float sum = 0;
      for (int64_t x = 0; x < int64_t{1} << block.b_bits; ++x) sum += from[x] * rows.of(t, x)[j];
      gradient[(block.n0 + j) * block.shape.k + k + t] += sum;
    }
}

/// The columns of dproducts [M][N] that a block has; those beyond the last are 0.
void copy_columns(std::span<const float> dproducts, const Block& block, std::vector<Columns>& part) {
  std::ranges::fill(part, Columns{});
  for (int64_t m = 0; m < block.shape.m; ++m)
    std::copy_n(dproducts.data() + m * block.shape.n + block.n0, block.used(), part[static_cast<size_t>(m)].values);
}

/// Calls collect(block, rows, k, count) for each block of columns and group of k, with rows that hold the dproducts of
/// each activation code.
template <typename Collect>
void visit_scattered(int b_bits, GemmShape shape, std::span<const uint8_t> weights,
                     std::span<const uint8_t> activations, std::span<const float> dproducts, const Collect& collect) {
  const auto rows = std::make_unique_for_overwrite<Rows>();
  std::vector<Columns> part(static_cast<size_t>(shape.m));
  for (int64_t n0 = 0; n0 < shape.n; n0 += columns) {
    const Block block{shape, n0, b_bits, weights.data(), activations.data()};
    copy_columns(dproducts, block, part);
    for (int64_t k = 0; k < shape.k;) {
      const int64_t count = shape.k - k >= group ? group : 1;
      std::fill_n(rows->values, count * 256 * columns, 0.0F);
      if (count == group) scatter_rows<group>(part, block, k, *rows);
      else scatter_rows<1>(part, block, k, *rows);
      collect(block, *rows, k, count);
      k += count;
    }
  }
}

}  // namespace

void soft_table_gemm(const SoftTable& table, GemmShape shape, std::span<const uint8_t> weights,
                     std::span<const uint8_t> activations, std::span<float> products) {
  const auto rows = std::make_unique_for_overwrite<Rows>();
  std::vector<Columns> sums(static_cast<size_t>(shape.m));
  for (int64_t n0 = 0; n0 < shape.n; n0 += columns) {
    const Block block{shape, n0, table.b_bits, weights.data(), activations.data()};
    std::ranges::fill(sums, Columns{});
    for (int64_t k = 0; k < shape.k;) {
      const int64_t count = shape.k - k >= group ? group : 1;
      build_rows(table.values.data(), block, k, count, *rows);
      if (count == group) add_rows<group>(*rows, block, k, sums);
      else add_rows<1>(*rows, block, k, sums);
      k += count;
    }
    for (int64_t m = 0; m < shape.m; ++m)
      std::copy_n(sums[static_cast<size_t>(m)].values, block.used(), products.data() + m * shape.n + n0);
  }
}

void table_gradient(int b_bits, GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> activations,
                    std::span<const float> dproducts, std::span<float> gradient) {
  visit_scattered(b_bits, shape, weights, activations, dproducts,
                  [&](const Block& block, Rows& rows, int64_t k, int64_t count) {
                    collect_rows(rows, block, k, count, gradient.data());
                  });
}

void weight_gradient(const SoftTable& slope, GemmShape shape, std::span<const uint8_t> weights,
                     std::span<const uint8_t> activations, std::span<const float> dproducts,
                     std::span<float> gradient) {
  visit_scattered(slope.b_bits, shape, weights, activations, dproducts,
                  [&](const Block& block, Rows& rows, int64_t k, int64_t count) {
                    collect_slopes(slope.values.data(), rows, block, k, count, gradient.data());
                  });
}

void activation_gradient(const SoftTable& slope, GemmShape shape, std::span<const uint8_t> weights,
                         std::span<const uint8_t> activations, std::span<const float> dproducts,
                         std::span<float> gradient) {
  const auto rows = std::make_unique_for_overwrite<Rows>();
  std::vector<Columns> part(static_cast<size_t>(shape.m));
  for (int64_t n0 = 0; n0 < shape.n; n0 += columns) {
    const Block block{shape, n0, slope.b_bits, weights.data(), activations.data()};
    copy_columns(dproducts, block, part);
    for (int64_t k = 0; k < shape.k;) {
      const int64_t count = shape.k - k >= group ? group : 1;
      build_rows(slope.values.data(), block, k, count, *rows);
      if (count == group) add_row_products<group>(*rows, block, k, part, gradient.data());
      else add_row_products<1>(*rows, block, k, part, gradient.data());
      k += count;
    }
  }
}

}  // namespace tram
