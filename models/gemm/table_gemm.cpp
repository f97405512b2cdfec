#include "models/gemm/table_gemm.hpp"

#include <algorithm>

#include "models/gemm/exact_gemm.hpp"
#include "models/gemm/table_kernels.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int narrowest_row = 3;  // bits of the codes of a row of entries, which kernels read by eight
constexpr int64_t few_rows = 64;  // below, building rows for every activation code costs more than it saves

/// Value of the low `bits` bits.
int32_t value(uint32_t raw, int bits, bool is_signed) {
  const uint32_t sign = is_signed ? 1U << (bits - 1) : 0U;
  return static_cast<int32_t>(raw ^ sign) - static_cast<int32_t>(sign);
}

bool has_exact_products(const TruthTable& table) {
  for (uint32_t a = 0; a < 1U << table.a_bits; ++a)
    for (uint32_t b = 0; b < 1U << table.b_bits; ++b)
      if (table.at(a, b) != value(a, table.a_bits, table.is_signed) * value(b, table.b_bits, table.is_signed))
        return false;
  return true;
}

/// Copies every stride-th of the sums into the columns of products [M][N] from n0 on.
void copy_columns(std::span<const ColumnSums> sums, size_t first, size_t stride, GemmShape shape, int64_t n0,
                  std::span<int32_t> products) {
  int32_t* to = products.data() + n0;
  const int64_t used = std::min(row_columns, shape.n - n0);
  for (size_t i = first; i < sums.size(); i += stride, to += shape.n) {
    if (used == row_columns) std::copy_n(sums[i].values.begin(), row_columns, to);  // of known size: no call
    else std::copy_n(sums[i].values.begin(), used, to);
  }
}

}  // namespace

void table_gemm_naive(const TruthTable& table, GemmShape shape, std::span<const uint8_t> weights,
                      std::span<const uint8_t> activations, std::span<int32_t> products) {
  for (int64_t m = 0; m < shape.m; ++m)
    for (int64_t n = 0; n < shape.n; ++n) {
      const auto w = weights.subspan(static_cast<size_t>(n * shape.k), static_cast<size_t>(shape.k));
      const auto x = activations.subspan(static_cast<size_t>(m * shape.k), static_cast<size_t>(shape.k));
      int32_t sum = 0;
      for (size_t k = 0; k < w.size(); ++k) sum += table.at(w[k], x[k]);
      products[static_cast<size_t>(m * shape.n + n)] = sum;
    }
}

TableGemm::TableGemm(const TruthTable& table)
    : a_bits_(table.a_bits), b_bits_(table.b_bits), row_bits_(std::max(b_bits_, narrowest_row)),
      is_signed_(table.is_signed) {
  if (std::min(a_bits_, b_bits_) < 1 || std::max(a_bits_, b_bits_) > 8)
    throw InputError("multiplier", fmt::format("operands of {} and {} bits; 1 .. 8 are expected", a_bits_, b_bits_));
  if (table.values.size() != size_t{1} << (a_bits_ + b_bits_))
    throw InputError("multiplier", fmt::format("a table of {} values; {} are expected", table.values.size(),
                                               size_t{1} << (a_bits_ + b_bits_)));
  exact_ = has_exact_products(table);
  const size_t codes = size_t{1} << row_bits_, mask = (size_t{1} << b_bits_) - 1;
  for (size_t i = 0; i < codes << a_bits_; ++i)
    entries32_.push_back(table.at(static_cast<uint32_t>(i >> row_bits_), static_cast<uint32_t>(i & mask)));
  for (auto row = entries32_.begin(); row != entries32_.end(); row += static_cast<int64_t>(codes)) {
    const auto [low, high] = std::minmax_element(row, row + static_cast<int64_t>(codes));
    minimum_.push_back(*low);
    range_ = std::max(range_, int64_t{*high} - *low);
    magnitude_ = std::max({magnitude_, std::abs(int64_t{*low}), std::abs(int64_t{*high})});
  }
  if (range_ > 65535) return;
  for (size_t i = 0; i < entries32_.size(); ++i)
    entries16_.push_back(static_cast<uint16_t>(entries32_[i] - minimum_[i / codes]));
}

/// Sums of the minima of the weights' rows for 16 columns from n0 on, which the narrow entries leave out.
ColumnSums TableGemm::start(GemmShape shape, std::span<const uint8_t> weights, int64_t n0) const {
  ColumnSums start{};
  if (entries16_.empty()) return start;
  for (int64_t j = 0; j < std::min(row_columns, shape.n - n0); ++j)
    for (int64_t k = 0; k < shape.k; ++k)
      start.values[static_cast<size_t>(j)] += minimum_[weights[static_cast<size_t>((n0 + j) * shape.k + k)]];
  return start;
}

void TableGemm::run(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> activations,
                    std::span<int32_t> products) const {
  if (exact_) return exact_gemm(shape, {a_bits_, b_bits_, is_signed_}, weights, activations, products);
  if (shape.m < few_rows) return look_up_gemm(entries32_, row_bits_, shape, weights, activations, products);
  const bool narrow = !entries16_.empty();
  const std::vector<uint16_t> offsets = row_offsets(shape, activations);
  std::vector<ColumnSums> all(static_cast<size_t>(shape.m) * 2);
  for (int64_t n0 = 0; n0 < shape.n;) {
    const int64_t columns = narrow && wide_blocks() && shape.n - n0 > row_columns ? 2 * row_columns : row_columns;
    const auto parts = static_cast<size_t>(columns / row_columns);
    const auto sums = std::span(all).first(static_cast<size_t>(shape.m) * parts);
    for (size_t part = 0; part < parts; ++part) {
      const ColumnSums start_of_part = start(shape, weights, n0 + static_cast<int64_t>(part) * row_columns);
      for (size_t i = part; i < sums.size(); i += parts) sums[i] = start_of_part;
    }
    const ColumnBlock block{shape, n0, columns, row_bits_, weights.data(), offsets.data()};
    if (narrow) add_narrow_block(entries16_.data(), range_, block, sums);
    else add_wide_block(entries32_.data(), block, sums);
    for (size_t part = 0; part < parts; ++part)
      copy_columns(sums, part, parts, shape, n0 + static_cast<int64_t>(part) * row_columns, products);
    n0 += columns;
  }
}

}  // namespace tram
