#include "train/structure/dot_columns.hpp"

#include <algorithm>
#include <bit>

namespace tram::train {
namespace {

/// Calls visit(mask of one bit) for each bit of a mask.
template <typename Visit>
void visit_bits(uint8_t mask, const Visit& visit) {
  for (unsigned left = mask; left != 0; left &= left - 1) visit(static_cast<uint8_t>(left & -left));
}

/// Row by row of the weight's bits: where several moves are as good, the first one counts.
void sort_by_rows(std::vector<DotMove>& moves) {
  std::ranges::stable_sort(moves, {}, [](const DotMove& move) {
    return std::pair(std::countr_zero(static_cast<uint8_t>(move.taken_mask() | move.put_mask())), move.column);
  });
}

bool is_or(uint8_t dot) { return !std::has_single_bit(dot); }

}  // namespace

/// Those that the exact multiplier has.
uint8_t DotColumns::partial_products(int column) const {
  unsigned mask = 0;
  for (int i = std::max(0, column - bits_ + 1); i <= std::min(column, bits_ - 1); ++i) mask |= 1U << i;
  return static_cast<uint8_t>(mask);
}

DotColumns::DotColumns(int bits, int first) : bits_(bits), products_(size_t{1} << (2 * bits)) {
  columns_.resize(static_cast<size_t>(2 * bits - 1));
  for (int column = first; column < 2 * bits - 1; ++column)
    visit_bits(partial_products(column), [&](uint8_t dot) {
      *this = after({static_cast<uint8_t>(column), {}, {dot}});
    });
}

std::vector<DotMove> DotColumns::reductions(bool joins) const {
  std::vector<DotMove> moves;
  for (size_t c = 0; c < columns_.size(); ++c) {
    const auto column = static_cast<uint8_t>(c);
    for (const uint8_t dot : columns_[c]) {
      visit_bits(dot, [&](uint8_t one) { moves.push_back({column, {dot}, {static_cast<uint8_t>(dot ^ one)}}); });
      for (const uint8_t other : columns_[c])
        if (joins && dot < other) moves.push_back({column, {dot, other}, {static_cast<uint8_t>(dot | other)}});
    }
  }
  sort_by_rows(moves);
  return moves;
}

std::vector<DotMove> DotColumns::restorations(bool joins) const {
  std::vector<DotMove> moves;
  for (size_t c = 0; c < columns_.size(); ++c) {
    const auto column = static_cast<uint8_t>(c);
    uint8_t removed = partial_products(static_cast<int>(c));
    for (const uint8_t dot : columns_[c]) removed ^= dot;
    visit_bits(removed, [&](uint8_t one) {
      moves.push_back({column, {}, {one}});
      for (const uint8_t dot : columns_[c])
        if (joins) moves.push_back({column, {dot}, {static_cast<uint8_t>(dot | one)}});
    });
    for (const uint8_t dot : columns_[c])
      if (is_or(dot))
        visit_bits(dot, [&](uint8_t one) { moves.push_back({column, {dot}, {static_cast<uint8_t>(dot ^ one), one}}); });
  }
  sort_by_rows(moves);
  return moves;
}

DotColumns DotColumns::after(const DotMove& move) const {
  DotColumns next = *this;
  std::vector<uint8_t>& dots = next.columns_[move.column];
  for (const uint8_t dot : move.taken)
    if (dot != 0) dots.erase(std::ranges::find(dots, dot));
  for (const uint8_t dot : move.put)
    if (dot != 0) dots.insert(std::ranges::upper_bound(dots, dot), dot);

  const unsigned codes = 1U << bits_;
  std::vector<uint8_t> along(codes);  // of b: bit i is b[column - i]
  for (unsigned b = 0; b < codes; ++b)
    visit_bits(partial_products(move.column), [&](uint8_t one) {
      if ((b >> (move.column - std::countr_zero(one)) & 1) != 0) along[b] |= one;
    });
  for (unsigned a = 0; a < codes; ++a) {
    int32_t* row = next.products_.data() + (size_t{a} << bits_);
    for (unsigned b = 0; b < codes; ++b) {
      const unsigned ones = a & along[b];
      const int change = ((ones & move.put[0]) != 0) + ((ones & move.put[1]) != 0) - ((ones & move.taken[0]) != 0) -
                         ((ones & move.taken[1]) != 0);
      row[b] += change * (1 << move.column);
    }
  }
  return next;
}

MultiplierStructure DotColumns::structure(Accumulation accumulation) const {
  MultiplierStructure structure = exact_structure(bits_, bits_, false, accumulation);
  std::ranges::fill(structure.partial_products, NetState::zero);
  for (size_t c = 0; c < columns_.size(); ++c)
    for (const uint8_t dot : columns_[c]) {
      OrGroup group{static_cast<int>(c), {}};
      visit_bits(dot, [&](uint8_t one) { group.rows.push_back(std::countr_zero(one)); });
      for (const int row : group.rows) structure.partial_product(row, group.column - row) = NetState::keep;
      if (is_or(dot)) structure.or_groups.push_back(group);
    }
  reset_adders(structure);
  return structure;
}

}  // namespace tram::train
