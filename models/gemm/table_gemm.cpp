#include "models/gemm/table_gemm.hpp"

#include <algorithm>

#include "models/gemm/exact_gemm.hpp"
#include "models/gemm/table_kernels.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int64_t few_rows = 64;  // below, building rows for every activation code costs more than it saves

/// The integer that the low `bits` bits stand for.
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
    : a_bits_(table.a_bits), b_bits_(table.b_bits), is_signed_(table.is_signed) {
  if (a_bits_ < 1 || a_bits_ > 8 || b_bits_ < 4 || b_bits_ > 8)
    throw InputError("multiplier",
                     fmt::format("operands of {} and {} bits; 1 .. 8 and 4 .. 8 are expected", a_bits_, b_bits_));
  if (table.values.size() != size_t{1} << (a_bits_ + b_bits_))
    throw InputError("multiplier", fmt::format("a table of {} values; {} are expected", table.values.size(),
                                               size_t{1} << (a_bits_ + b_bits_)));
  exact_ = has_exact_products(table);
  entries32_ = table.values;
  const size_t codes = size_t{1} << b_bits_;
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

/// What the narrow entries leave out of each column's sums: the minima of its weights' rows.
std::array<int32_t, row_columns> TableGemm::starts(const ColumnBlock& block) const {
  std::array<int32_t, row_columns> starts{};
  if (entries16_.empty()) return starts;
  for (int64_t j = 0; j < std::min(row_columns, block.shape.n - block.n0); ++j)
    for (int64_t k = 0; k < block.shape.k; ++k)
      starts[static_cast<size_t>(j)] += minimum_[block.weights[(block.n0 + j) * block.shape.k + k]];
  return starts;
}

void TableGemm::run(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> activations,
                    std::span<int32_t> products) const {
  if (exact_) return exact_gemm(shape, {a_bits_, b_bits_, is_signed_}, weights, activations, products);
  if (shape.m < few_rows) return look_up_gemm(entries32_, b_bits_, shape, weights, activations, products);
  std::vector<int32_t> sums(static_cast<size_t>(shape.m * row_columns));
  for (int64_t n0 = 0; n0 < shape.n; n0 += row_columns) {
    const ColumnBlock block{shape, n0, b_bits_, weights.data(), activations.data()};
    const std::array<int32_t, row_columns> start = starts(block);
    for (int64_t m = 0; m < shape.m; ++m) std::copy(start.begin(), start.end(), sums.begin() + m * row_columns);
    if (entries16_.empty()) add_wide_block(entries32_.data(), block, sums.data());
    else add_narrow_block(entries16_.data(), range_, block, sums.data());
    const int64_t used = std::min(row_columns, shape.n - n0);
    for (int64_t m = 0; m < shape.m; ++m)
      std::copy_n(sums.data() + m * row_columns, used, products.data() + m * shape.n + n0);
  }
}

}  // namespace tram
