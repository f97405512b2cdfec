#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/multiplier/truth_table.hpp"

namespace tram {

/// A GEMM whose multiplications are look-ups: products[m][n] = sum_k table(w[n][k], x[m][k]).
struct GemmShape {
  int64_t m = 0, n = 0, k = 0;
};

struct ColumnSums;

/// One look-up a multiply-accumulate: the definition, and the oracle of the fast kernels.
/// weights [n][k], activations [m][k], products [m][n]; codes below 2^a_bits and 2^b_bits; sums must fit int32.
void table_gemm_naive(const TruthTable& table, GemmShape shape, std::span<const uint8_t> weights,
                      std::span<const uint8_t> activations, std::span<int32_t> products);

/// Fast table GEMM, with the integers of table_gemm_naive for any table with up to 8 bits an operand. For 16 or 32
/// columns and a few k at a time it builds rows P_k[x][j] = table(w[j][k], x) and adds row P_k[x[m][k]] to the sums of
/// m. Entries are relative to the smallest one of their weight, and 16 bits wide when that allows it for every weight,
/// else 32. A table of exact products is computed as an integer GEMM instead (exact_gemm.hpp).
class TableGemm {
 public:
  /// Throws InputError when an operand is wider than 8 bits or the table's size is not 2^(a_bits + b_bits).
  explicit TableGemm(const TruthTable& table);

  /// Computes what table_gemm_naive does; may be called from several threads at once.
  void run(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> activations,
           std::span<int32_t> products) const;

  bool is_exact() const { return exact_; }
  /// Largest absolute value in the table.
  int64_t magnitude() const { return magnitude_; }
  bool is_signed() const { return is_signed_; }
  int a_bits() const { return a_bits_; }
  int b_bits() const { return b_bits_; }

 private:
  ColumnSums start(GemmShape shape, std::span<const uint8_t> weights, int64_t n0) const;

  int a_bits_, b_bits_;
  int row_bits_;  ///< of the codes in entries: narrower ones repeat
  bool is_signed_;
  bool exact_ = false;
  int64_t magnitude_ = 0;
  std::vector<int32_t> minimum_;     ///< smallest entry of each weight
  int64_t range_ = 0;                ///< largest entry minus minimum_ of a weight
  std::vector<int32_t> entries32_;   ///< table, [w][x below 2^row_bits_]
  std::vector<uint16_t> entries16_;  ///< table - minimum_[w], [w][x]; empty when range_ > 65535
};

}  // namespace tram
