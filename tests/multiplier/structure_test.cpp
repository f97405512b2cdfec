#include "models/multiplier/structure/structure.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr Accumulation accumulations[] = {Accumulation::array, Accumulation::wallace, Accumulation::dadda};

TEST(Structure, ExactOnesOfEveryKindMultiply) {
  for (const bool is_signed : {false, true})
    for (const Accumulation accumulation : accumulations)
      for (const TreeForm tree : {TreeForm::full, TreeForm::remaining})
        for (int a = 4; a <= 8; ++a)
          for (int b = 4; b <= 8; ++b)
            ASSERT_EQ(truth_table(build_multiplier(exact_structure(a, b, is_signed, accumulation, tree))).values,
                      exact_table(a, b, is_signed).values)
                << a << " x " << b << " signed " << is_signed << " accumulation " << static_cast<int>(accumulation);
}

int count_adders(const ReductionTree& tree, bool full, size_t first, size_t last) {
  int count = 0;
  for (size_t k = first; k < last; ++k) count += (tree.adders[k].inputs[2] >= 0) == full;
  return count;
}

/// 8 x 8: array 48 FA and 8 HA; Dadda tree 35 and 7, Wallace tree 38 and 15 (Townsend, Swartzlander, Abraham 2003, "A
/// comparison of Dadda and Wallace multiplier delays"); then adders of 14 and 11 bits that start with a half adder.
TEST(Structure, TreesHaveThePublishedNumbersOfAdders) {
  const ReductionTree array = reduction_tree(exact_structure(8, 8, false, Accumulation::array));
  EXPECT_EQ(count_adders(array, true, 0, array.adders.size()), 48);
  EXPECT_EQ(count_adders(array, false, 0, array.adders.size()), 8);
  const ReductionTree dadda = reduction_tree(exact_structure(8, 8, false, Accumulation::dadda));
  ASSERT_EQ(dadda.adders.size(), 35u + 7 + 14);
  EXPECT_EQ(count_adders(dadda, true, 0, 42), 35);
  EXPECT_EQ(count_adders(dadda, false, 42, 56), 1);
  const ReductionTree wallace = reduction_tree(exact_structure(8, 8, false, Accumulation::wallace));
  ASSERT_EQ(wallace.adders.size(), 38u + 15 + 11);
  EXPECT_EQ(count_adders(wallace, true, 0, 53), 38);
  EXPECT_EQ(count_adders(wallace, false, 53, 64), 2);  // the top column adds two carries
}

/// The array numbers its adders row by row, and is the same circuit as array_multiplier.
TEST(Structure, ArrayIsTheBraunArray) {
  const MultiplierStructure s = exact_structure(8, 8, false, Accumulation::array);
  const ReductionTree tree = reduction_tree(s);
  for (int k = 0; k < 49; ++k) {
    EXPECT_EQ(tree.adders[k].column, 1 + k / 7 + k % 7) << k;
    EXPECT_EQ(tree.adders[k].inputs[2] < 0, k < 7) << k;
  }
  for (int k = 49; k < 56; ++k) EXPECT_EQ(tree.adders[k].column, k - 41) << k;
  const Netlist netlist = build_multiplier(s), braun = array_multiplier();
  EXPECT_EQ(netlist.gates.size(), braun.gates.size());
  EXPECT_EQ(count_gates(netlist, GateKind::full_adder), count_gates(braun, GateKind::full_adder));
}

/// Every dot, sum and carry is read once, by a later adder of the right column or as the product's bit.
TEST(Structure, TreesUseEverySignalOnceInItsColumn) {
  for (const Accumulation accumulation : accumulations)
    for (const bool is_signed : {false, true}) {
      MultiplierStructure s = exact_structure(7, 6, is_signed, accumulation);
      s.compensation = 0x5a5;
      const ReductionTree tree = reduction_tree(s);
      std::map<int, int> column;  // of each signal
      std::set<int> used;
      for (size_t d = 0; d < tree.dots.size(); ++d) column[static_cast<int>(d)] = tree.dots[d].column;
      for (size_t k = 0; k < tree.adders.size(); ++k) {
        for (const int in : tree.adders[k].inputs) {
          if (in < 0) continue;
          ASSERT_TRUE(used.insert(in).second);
          ASSERT_EQ(column.at(in), tree.adders[k].column);
        }
        column[tree.sum(static_cast<int>(k))] = tree.adders[k].column;
        column[tree.carry(static_cast<int>(k))] = tree.adders[k].column + 1;
      }
      for (int c = 0; c < 13; ++c) {
        ASSERT_EQ(column.at(tree.product[c]), c);
        ASSERT_TRUE(used.insert(tree.product[c]).second);
      }
      for (const auto& [signal, c] : column) EXPECT_EQ(used.count(signal), c < 13 ? 1u : 0u) << signal;
    }
}

TEST(Structure, FullTreeKeepsItsNumbersWhateverIsRemoved) {
  MultiplierStructure s = exact_structure(8, 8, true, Accumulation::dadda, TreeForm::full);
  const ReductionTree before = reduction_tree(s);
  s.partial_product(3, 4) = NetState::zero;
  s.partial_product(0, 0) = NetState::one;
  s.or_groups = {{5, {1, 2, 5}}};
  const ReductionTree after = reduction_tree(s);
  ASSERT_EQ(before.adders.size(), after.adders.size());
  for (size_t k = 0; k < before.adders.size(); ++k) {
    EXPECT_EQ(before.adders[k].inputs, after.adders[k].inputs);
    EXPECT_EQ(before.adders[k].index, after.adders[k].index);
  }
}

/// Hand-worked: 4 x 4 without column 0 and with 8 added, an OR in column 2.
TEST(Structure, HandWorkedExample) {
  MultiplierStructure s = exact_structure(4, 4);
  s.partial_product(0, 0) = NetState::zero;
  s.or_groups = {{2, {0, 1, 2}}};
  s.compensation = 8;
  reset_adders(s);
  const TruthTable table = truth_table(build_multiplier(s));
  EXPECT_EQ(table.at(0, 0), 8);
  EXPECT_EQ(table.at(1, 1), 8);               // its only dot is gone
  EXPECT_EQ(table.at(7, 7), 49 - 1 - 8 + 8);  // three dots of column 2 count as one: 8 less
  EXPECT_EQ(table.at(5, 5), 25 - 1 - 4 + 8);  // two of them
  EXPECT_EQ(table.at(15, 15), 225 - 1 - 8 + 8);
  s.compensation = -8;
  reset_adders(s);
  EXPECT_EQ(truth_table(build_multiplier(s)).at(0, 0), 248);  // modulo 256
}

/// A constant one costs its column no more than the half adder that it makes unnecessary.
TEST(Structure, CompensationIsCheap) {
  MultiplierStructure s = exact_structure(8, 8);
  const size_t gates = build_multiplier(s).gates.size();
  s.compensation = 0x50;
  reset_adders(s);
  const Netlist netlist = build_multiplier(s);
  EXPECT_EQ(count_gates(netlist, GateKind::full_adder), 48);
  EXPECT_LE(netlist.gates.size(), gates + 4);
}

TEST(Structure, WrongOnesAreRefusedByWhatIsWrong) {
  const auto error_of = [](const auto& change) -> std::string {
    MultiplierStructure s = exact_structure(8, 4);
    change(s);
    try {
      build_multiplier(s);
    } catch (const InputError& error) {
      return error.what();
    }
    return "none";
  };
  using S = MultiplierStructure&;
  EXPECT_EQ(error_of([](S) {}), "none");
  EXPECT_EQ(error_of([](S s) { s.a_bits = 17; }), "structure: operands of 17 and 4 bits; 2 to 16 each are expected");
  EXPECT_EQ(error_of([](S s) { s.partial_products.pop_back(); }), "structure: 31 partial products; 32 are expected");
  EXPECT_EQ(error_of([](S s) { s.adders.pop_back(); }), "structure: states of 23 adders; 24 are expected");
  EXPECT_EQ(error_of([](S s) { s.compensation = 4096; }), "structure: compensation 4096; -4095 to 4095 is expected");
  EXPECT_EQ(error_of([](S s) {
              s.or_groups = {{4, {3}}};
            }),
            "structure: OR group of 1 rows in column 4; two or more in rising order are expected");
  EXPECT_EQ(error_of([](S s) {
              s.or_groups = {{4, {0, 1}}};
            }),
            "structure: OR group with row 0 in column 4; a partial product of the 8 x 4 matrix is expected");
  EXPECT_EQ(error_of([](S s) {
              s.or_groups = {{4, {1, 2}}, {4, {2, 3}}};
            }),
            "structure: partial product (2, 2) stands in OR groups twice; once is expected");
  EXPECT_EQ(error_of([](S s) { s.name = "two words"; }),
            "two words: the structure's name; 1 to 100 letters, digits, _, -, . or + are expected");
}

}  // namespace
}  // namespace tram
