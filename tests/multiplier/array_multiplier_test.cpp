#include "models/multiplier/array_multiplier.hpp"

#include <gtest/gtest.h>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// The sum of the partial products in the columns that stay.
int32_t truncated_product(int a, int b, int bits, int columns) {
  int32_t sum = 0;
  for (int i = 0; i < bits; ++i)
    for (int j = 0; j < bits; ++j)
      if (i + j >= columns) sum += ((a >> i & 1) & (b >> j & 1)) << (i + j);
  return sum;
}

TEST(ArrayMultiplier, HasThePublishedCells) {
  const Netlist exact = array_multiplier();
  EXPECT_EQ(count_gates(exact, GateKind::and2), 64);
  EXPECT_EQ(count_gates(exact, GateKind::half_adder), 8);
  EXPECT_EQ(count_gates(exact, GateKind::full_adder), 48);
  EXPECT_EQ(exact.gates.size(), 120u);
}

TEST(ArrayMultiplier, EveryWidthAndTruncationEqualsTheSumOfItsPartialProducts) {
  for (int bits = 2; bits <= 8; ++bits)
    for (int columns = 0; columns < 2 * bits; ++columns) {
      const TruthTable table = truth_table(array_multiplier(bits, columns));
      for (int a = 0; a < 1 << bits; ++a)
        for (int b = 0; b < 1 << bits; ++b)
          ASSERT_EQ(table.at(a, b), truncated_product(a, b, bits, columns))
              << bits << " bits, " << columns << " columns";
    }
}

TEST(ArrayMultiplier, ExactTableIsTheProduct) {
  EXPECT_EQ(truth_table(array_multiplier()).values, exact_table().values);
  EXPECT_EQ(exact_table(8, 8, true).at(0xff, 0x80), 128);  // -1 x -128
  EXPECT_EQ(exact_table(4, 4, true).at(0x7, 0x8), -56);
}

TEST(ArrayMultiplier, RefusesOtherWidths) {
  EXPECT_THROW(array_multiplier(9), InputError);
  EXPECT_THROW(array_multiplier(1), InputError);
  EXPECT_THROW(array_multiplier(8, 16), InputError);
  EXPECT_THROW(array_multiplier(8, -1), InputError);
}

}  // namespace
}  // namespace tram
