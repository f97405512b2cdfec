#include "train/structure/dot_columns.hpp"

#include <algorithm>

namespace tram::train {

DotColumns::DotColumns(int bits, int first)
    : bits_(bits), columns_(static_cast<size_t>(2 * bits - 1)), products_(size_t{1} << (2 * bits)) {
  for (int row = 0; row < bits; ++row)
    for (int column = std::max(first, row); column < row + bits; ++column)
      *this = after({static_cast<uint8_t>(row), static_cast<uint8_t>(column), true});
}

std::vector<DotMove> DotColumns::moves(bool puts) const {
  std::vector<DotMove> moves;
  for (int row = 0; row < bits_; ++row)
    for (int column = row; column < row + bits_; ++column)
      if (has(row, column) != puts) moves.push_back({static_cast<uint8_t>(row), static_cast<uint8_t>(column), puts});
  return moves;
}

DotColumns DotColumns::after(const DotMove& move) const {
  DotColumns next = *this;
  next.columns_[move.column] ^= static_cast<uint8_t>(1U << move.row);
  const int32_t change = (move.puts ? 1 : -1) * (1 << move.column);
  const unsigned codes = 1U << bits_, other = static_cast<unsigned>(move.column - move.row);
  for (unsigned a = 0; a < codes; ++a) {
    if ((a >> move.row & 1) == 0) continue;
    int32_t* row = next.products_.data() + (size_t{a} << bits_);
    for (unsigned b = 0; b < codes; ++b) row[b] += static_cast<int32_t>(b >> other & 1) * change;
  }
  return next;
}

MultiplierStructure DotColumns::structure(Accumulation accumulation) const {
  MultiplierStructure structure = exact_structure(bits_, bits_, false, accumulation);
  for (int row = 0; row < bits_; ++row)
    for (int column = row; column < row + bits_; ++column)
      if (!has(row, column)) structure.partial_product(row, column - row) = NetState::zero;
  reset_adders(structure);
  return structure;
}

}  // namespace tram::train
