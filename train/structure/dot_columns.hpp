#pragma once
#include <compare>
#include <cstdint>
#include <vector>

#include "models/multiplier/structure/structure.hpp"

namespace tram::train {

/// A partial product a[row] b[column - row] taken out of its column, or put back.
struct DotMove {
  uint8_t row = 0, column = 0;
  bool puts = false;
  auto operator<=>(const DotMove&) const = default;
};

/// The partial products that an unsigned multiplier of equally wide operands keeps, and its products.
class DotColumns {
 public:
  DotColumns() = default;  ///< to be assigned to
  /// All partial products of the columns from `first` on.
  explicit DotColumns(int bits, int first = 0);

  const std::vector<int32_t>& products() const { return products_; }  ///< [(a << bits) | b]
  /// Partial products kept, by column: bit i for a[i] b[column - i].
  const std::vector<uint8_t>& columns() const { return columns_; }

  /// Moves that take out one partial product each, row by row.
  std::vector<DotMove> reductions() const { return moves(false); }
  /// Moves that put back one missing partial product each, row by row.
  std::vector<DotMove> restorations() const { return moves(true); }
  DotColumns after(const DotMove& move) const;

  MultiplierStructure structure(Accumulation accumulation) const;

 private:
  std::vector<DotMove> moves(bool puts) const;
  bool has(int row, int column) const { return (columns_[static_cast<size_t>(column)] >> row & 1) != 0; }

  int bits_ = 0;
  std::vector<uint8_t> columns_;
  std::vector<int32_t> products_;
};

}  // namespace tram::train
