#pragma once
#include <array>
#include <vector>

#include "models/multiplier/structure/structure.hpp"

namespace tram {

/// One dot of the diagram that the tree adds up: a constant, or the OR of partial products (mostly of one).
struct TreeDot {
  int column = 0;
  int row = 0;                        ///< bit of operand b: the row of the array that adds it
  NetState state = NetState::keep;    ///< zero, one, or keep: the OR of `partial_products`
  std::vector<int> partial_products;  ///< by index i * b_bits + j
  bool is_constant_term = false;      ///< a one of the signed correction, the compensation or removed dots
};

/// A half (inputs[2] < 0) or full adder. Signals: dot d is d; the sum of adder k is dots + 2 k, its carry one more.
struct TreeAdder {
  int column = 0;
  int index = 0;  ///< among the adders of its column, in order of construction
  int stage = 0;  ///< row (array) or stage that it belongs to; the last stage is the final ripple-carry adder
  std::array<int, 3> inputs{-1, -1, -1};
};

/// Adder tree that sums the dots to the product. adders[k] is adder number k; each reads only dots and adders before
/// it. Every dot, sum and carry is used once, but for carries out of the top column, which are dropped (the sum is
/// modulo 2^columns).
struct ReductionTree {
  std::vector<TreeDot> dots;
  std::vector<TreeAdder> adders;
  std::vector<int> product;  ///< the signal of each product bit; -1: constant 0

  int sum(int adder) const { return static_cast<int>(dots.size()) + 2 * adder; }
  int carry(int adder) const { return sum(adder) + 1; }
};

/// Forms the tree over dots of `columns` columns, at most one of a row in each. Ones of `is_constant_term` (at most one
/// a column) join the first adder of their column that has two other inputs: as one of three they cost no more than a
/// half adder.
///
/// array:   carry-save rows (Braun 1963), row r adds the dots of row r to the sums and carries of the rows before; then
///          a ripple-carry row. An adder takes the row's dot, then what the column holds, oldest first.
/// wallace: stages (Wallace 1964); in each, rows (empty ones left out) are taken in threes, from the first, and become
///          a row of sums and a row of carries: a column with three dots by a full adder, with two by a half adder;
///          until two rows are left; then ripple-carry.
/// dadda:   stages with the heights .. 9, 6, 4, 3, 2 (Dadda 1965); in each, columns from the lowest, as few adders as
///          reach the height, carries from the column below counted; then ripple-carry.
ReductionTree reduction_tree(std::vector<TreeDot> dots, int columns, Accumulation accumulation);

/// The dots and tree of a structure (checked but for the number of adders). In tree `full` every partial product is a
/// dot (in the order of their index; of an OR group the first has the OR, the others are 0); in `remaining` removed
/// ones are not, and those that are 1 join the constant term.
ReductionTree reduction_tree(const MultiplierStructure& structure);

/// Sums nets given by column into the product bits, constants taken out first; columns beyond the last are dropped.
std::vector<Net> sum_columns(NetlistBuilder& builder, const std::vector<std::vector<Net>>& columns,
                             Accumulation accumulation = Accumulation::dadda);

}  // namespace tram
