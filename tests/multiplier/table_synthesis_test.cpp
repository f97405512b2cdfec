#include "models/multiplier/table_synthesis.hpp"

#include <gtest/gtest.h>

#include <random>

#include "models/multiplier/array_multiplier.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"

namespace tram {
namespace {

class TableSynthesis : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  }
};

TEST_F(TableSynthesis, TheNetlistHasTheTablesValues) {
  std::mt19937 random(1);
  TruthTable noise{4, 5, true, std::vector<int32_t>(512)};
  for (int32_t& value : noise.values) value = static_cast<int32_t>(random() % 512) - 256;
  const TruthTable zero{1, 1, false, {0, 0, 0, 0}}, odd{1, 2, false, {9, 1, 2, 3, 4, 5, 6, 7}};
  const TruthTable truncated = truth_table(array_multiplier(8, 8)), exact = exact_table(6, 4);
  for (const TruthTable& table : {truncated, exact, exact_table(5, 5, true), noise, zero, odd}) {
    const Netlist netlist = synthesise_table(table, "t");
    const TruthTable made = truth_table(netlist);
    EXPECT_EQ(made.values, table.values);
    EXPECT_EQ(made.a_bits, table.a_bits);
    EXPECT_EQ(made.is_signed, table.is_signed);
    EXPECT_EQ(netlist.name, "t");
  }
}

/// A table that is a b but for little becomes an exact multiplier plus the little (diagrams of a b alone take 35,000
/// gates).
TEST_F(TableSynthesis, TablesNearTheExactOneStaySmall) {
  for (const bool is_signed : {false, true}) {
    TruthTable table = exact_table(8, 8, is_signed);
    EXPECT_LT(synthesise_table(table, "t").gates.size(), 500u);
    table.values[5] += 1;
    table.values[65535] += 300;
    const Netlist netlist = synthesise_table(table, "t");
    EXPECT_LT(netlist.gates.size(), 700u);
    EXPECT_EQ(truth_table(netlist).values, table.values);
  }
}

/// Products beyond a_bits + b_bits bits get the bits they need.
TEST_F(TableSynthesis, WideProducts) {
  EXPECT_EQ(synthesise_table({1, 1, false, {0, 0, 0, 70000}}, "t").product.size(), 17u);
  EXPECT_EQ(synthesise_table({1, 1, true, {0, 0, 0, -70000}}, "t").product.size(), 18u);
}

TEST_F(TableSynthesis, NegativeProductsOfAnUnsignedMultiplierAreRefused) {
  EXPECT_THROW(synthesise_table({1, 1, false, {0, 0, 0, -1}}, "t"), InputError);
}

}  // namespace
}  // namespace tram
