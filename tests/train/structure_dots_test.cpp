#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "models/multiplier/truth_table.hpp"
#include "train/structure/dot_columns.hpp"

namespace tram::train {
namespace {

size_t dot_count(const DotColumns& dots) {
  size_t count = 0;
  for (const uint8_t column : dots.columns()) count += static_cast<size_t>(std::popcount(column));
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

/// Column 3 has a[1] b[2]: without it products are wrong where both are 1.
TEST(DotColumns, AMissingPartialProductIsMissedWhereBothBitsAreOne) {
  const DotColumns dots = DotColumns(8).after({1, 3, false});
  for (size_t a = 0; a < 256; ++a)
    for (size_t b = 0; b < 256; ++b)
      EXPECT_EQ(dots.products()[a << 8 | b], static_cast<int>(a * b) - ((a & 2) != 0 && (b & 4) != 0 ? 8 : 0));
}

/// Random walks by every kind of move: the products stay those of the netlist, and a move undone leaves all as before.
TEST(DotColumns, ProductsAreThoseOfTheNetlistAfterAnyMoves) {
  std::mt19937 generator(1);
  for (int walk = 0; walk < 6; ++walk) {
    DotColumns dots(walk < 3 ? 8 : 5, walk % 3 * 2);
    for (int step = 0; step < 30; ++step) {
      const std::vector<DotMove> moves = generator() % 3 == 0 ? dots.restorations() : dots.reductions();
      if (moves.empty()) continue;
      const DotMove move = moves[generator() % moves.size()];
      const DotColumns next = dots.after(move);
      EXPECT_EQ(next.after({move.row, move.column, !move.puts}).products(), dots.products());
      dots = next;
    }
    expect_products_of_the_netlist(dots);
  }
}

TEST(DotColumns, PartialProductsComeAndGoOneByOne) {
  const DotColumns dots(8, 4);
  EXPECT_EQ(dots.reductions().size(), 64U - 10U);
  EXPECT_EQ(dots.restorations().size(), 10U);
  for (const DotMove& move : dots.reductions()) EXPECT_EQ(dot_count(dots.after(move)), 64U - 11U);
}

}  // namespace
}  // namespace tram::train
