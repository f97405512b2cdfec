#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "models/multiplier/truth_table.hpp"
#include "train/structure/dot_columns.hpp"

namespace tram::train {
namespace {

size_t dot_count(const DotColumns& dots) {
  size_t count = 0;
  for (const auto& column : dots.columns()) count += column.size();
  return count;
}

void expect_products_of_the_netlist(const DotColumns& dots) {
  EXPECT_EQ(truth_table(build_multiplier(dots.structure(Accumulation::dadda))).values, dots.products());
}

TEST(DotColumns, StartExactOrTruncated) {
  EXPECT_EQ(DotColumns(8).products(), exact_table().values);
  EXPECT_EQ(dot_count(DotColumns(8)), 64U);
  EXPECT_EQ(dot_count(DotColumns(8, 6)), 64U - 21U);
  expect_products_of_the_netlist(DotColumns(8, 6));
  expect_products_of_the_netlist(DotColumns(5));
}

/// 2 x 2 low bits of the exact multiplier: column 1 has a[0] b[1] (mask 1) and a[1] b[0] (mask 2).
TEST(DotColumns, JoinedDotsAreWrongWhereBothAreOne) {
  const DotColumns joined = DotColumns(8).after({1, {1, 2}, {3}});
  for (size_t a = 0; a < 256; ++a)
    for (size_t b = 0; b < 256; ++b)
      EXPECT_EQ(joined.products()[a << 8 | b], static_cast<int>(a * b) - ((a & b & 3) == 3 ? 2 : 0));
}

/// Random walks by every kind of move: the products stay those of the netlist, sizes change as they should, and what
/// restorations undo is as before.
TEST(DotColumns, ProductsAreThoseOfTheNetlistAfterAnyMoves) {
  std::mt19937 generator(1);
  for (int walk = 0; walk < 6; ++walk) {
    DotColumns dots(walk < 3 ? 8 : 5, walk % 3 * 2);
    for (int step = 0; step < 30; ++step) {
      const std::vector<DotMove> moves = generator() % 3 == 0 ? dots.restorations(true) : dots.reductions(true);
      if (moves.empty()) continue;
      const DotMove move = moves[generator() % moves.size()];
      const DotColumns next = dots.after(move);
      EXPECT_EQ(next.after({move.column, {move.put[0], move.put[1]}, {move.taken[0], move.taken[1]}}).products(),
                dots.products());
      dots = next;
    }
    expect_products_of_the_netlist(dots);
  }
}

TEST(DotColumns, WithoutJoinsOnlyPartialProductsComeAndGo) {
  const DotColumns dots(8, 4);
  EXPECT_EQ(dots.reductions(false).size(), 64U - 10U);
  EXPECT_EQ(dots.restorations(false).size(), 10U);
  for (const DotMove& move : dots.reductions(false)) EXPECT_EQ(dot_count(dots.after(move)), 64U - 11U);
}

}  // namespace
}  // namespace tram::train
