// Random structures of every width, sign, tree and kind of change against plain evaluations of them.
#include <gtest/gtest.h>

#include <random>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

class RandomStructures {
 public:
  explicit RandomStructures(unsigned seed) : random_(seed) {}

  MultiplierStructure next(bool adder_constants) {
    MultiplierStructure s = exact_structure(below(5) + 4, below(5) + 4, below(2), static_cast<Accumulation>(below(3)),
                                            static_cast<TreeForm>(below(2)));
    s.name = "random";
    const int share = below(60);
    for (NetState& state : s.partial_products) state = random_state(share);
    std::vector<bool> taken(s.partial_products.size(), false);
    for (int tries = below(12); tries > 0; --tries) add_or_group(s, taken);
    if (below(2)) s.compensation = below(2 << (s.a_bits + s.b_bits)) - (1 << (s.a_bits + s.b_bits));
    if (s.compensation == -(1 << (s.a_bits + s.b_bits))) s.compensation = 0;
    reset_adders(s);
    if (adder_constants)
      for (AdderState& adder : s.adders) adder = {random_state(share / 2), random_state(share / 2)};
    return s;
  }

  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

 private:
  NetState random_state(int percent) {
    return below(100) < percent ? (below(3) ? NetState::zero : NetState::one) : NetState::keep;
  }

  void add_or_group(MultiplierStructure& s, std::vector<bool>& taken) {
    OrGroup group{below(s.a_bits + s.b_bits - 1), {}};
    for (int i = 0; i < s.a_bits; ++i) {
      const int j = group.column - i;
      if (j < 0 || j >= s.b_bits || taken[i * s.b_bits + j] || below(2)) continue;
      group.rows.push_back(i);
    }
    if (group.rows.size() < 2) return;
    for (const int i : group.rows) taken[i * s.b_bits + group.column - i] = true;
    s.or_groups.push_back(group);
  }

  std::mt19937 random_;
};

/// The dot of partial product (i, j) for a pair of operands.
int dot_value(const MultiplierStructure& s, int i, int j, int a, int b) {
  if (s.partial_product(i, j) != NetState::keep) return s.partial_product(i, j) == NetState::one;
  const int both = (a >> i & 1) & (b >> j & 1);
  return s.is_signed && (i == s.a_bits - 1) != (j == s.b_bits - 1) ? 1 - both : both;
}

int32_t as_product(const MultiplierStructure& s, int64_t value) {
  const int bits = s.a_bits + s.b_bits;
  const int64_t code = value & ((int64_t{1} << bits) - 1);
  return static_cast<int32_t>(s.is_signed && code >> (bits - 1) ? code - (int64_t{1} << bits) : code);
}

/// The product by arithmetic alone, for structures without constants at adders.
int32_t sum_of_dots(const MultiplierStructure& s, int a, int b) {
  int64_t sum = s.compensation;
  if (s.is_signed) sum += (1 << (s.a_bits - 1)) + (1 << (s.b_bits - 1)) + (1 << (s.a_bits + s.b_bits - 1));
  for (int i = 0; i < s.a_bits; ++i)
    for (int j = 0; j < s.b_bits; ++j) sum += dot_value(s, i, j, a, b) << (i + j);
  for (const OrGroup& group : s.or_groups) {
    int ones = 0;
    for (const int i : group.rows) ones += dot_value(s, i, group.column - i, a, b);
    if (ones > 1) sum -= (ones - 1) << group.column;
  }
  return as_product(s, sum);
}

/// The product by walking the tree, one pair at a time.
int32_t walk_tree(const MultiplierStructure& s, const ReductionTree& tree, int a, int b) {
  std::vector<int> value;
  for (const TreeDot& dot : tree.dots) {
    int any = dot.state == NetState::one;
    if (dot.state == NetState::keep)
      for (const int index : dot.partial_products) any |= dot_value(s, index / s.b_bits, index % s.b_bits, a, b);
    value.push_back(any);
  }
  const auto with_state = [](NetState state, int bit) {
    return state == NetState::keep ? bit : state == NetState::one;
  };
  for (size_t k = 0; k < tree.adders.size(); ++k) {
    int ones = 0;
    for (const int in : tree.adders[k].inputs) ones += in < 0 ? 0 : value[in];
    value.push_back(with_state(s.adders[k].sum, ones & 1));
    value.push_back(with_state(s.adders[k].carry, ones >> 1));
  }
  int64_t product = 0;
  for (size_t c = 0; c < tree.product.size(); ++c)
    if (tree.product[c] >= 0) product |= int64_t{value[tree.product[c]]} << c;
  return as_product(s, product);
}

TEST(StructureProperty, DotsAloneSumUpToTheTable) {
  RandomStructures structures(1);
  for (int n = 0; n < 2000; ++n) {
    const MultiplierStructure s = structures.next(false);
    const TruthTable table = truth_table(build_multiplier(s));
    const ReductionTree tree = reduction_tree(s);
    for (int pair = 0; pair < 200; ++pair) {
      const int a = structures.below(1 << s.a_bits), b = structures.below(1 << s.b_bits);
      ASSERT_EQ(table.at(a, b), sum_of_dots(s, a, b)) << a << " x " << b << " of " << to_json(s);
      ASSERT_EQ(walk_tree(s, tree, a, b), sum_of_dots(s, a, b)) << a << " x " << b << " of " << to_json(s);
    }
  }
}

TEST(StructureProperty, ConstantsAtAddersAsWalkingTheTree) {
  RandomStructures structures(2);
  for (int n = 0; n < 2000; ++n) {
    const MultiplierStructure s = structures.next(true);
    const TruthTable table = truth_table(build_multiplier(s));
    const ReductionTree tree = reduction_tree(s);
    const bool all = s.a_bits + s.b_bits == 8;
    for (int pair = 0; pair < (all ? 256 : 100); ++pair) {
      const int a = all ? pair >> s.b_bits : structures.below(1 << s.a_bits);
      const int b = all ? pair & ((1 << s.b_bits) - 1) : structures.below(1 << s.b_bits);
      ASSERT_EQ(table.at(a, b), walk_tree(s, tree, a, b)) << a << " x " << b << " of " << to_json(s);
    }
  }
}

/// The two forms of the tree differ in hardware only.
TEST(StructureProperty, FullAndRemainingTreesGiveOneTable) {
  RandomStructures structures(3);
  for (int n = 0; n < 300; ++n) {
    MultiplierStructure s = structures.next(false);
    s.tree = TreeForm::full;
    reset_adders(s);
    const TruthTable full = truth_table(build_multiplier(s));
    s.tree = TreeForm::remaining;
    reset_adders(s);
    ASSERT_EQ(truth_table(build_multiplier(s)).values, full.values) << to_json(s);
  }
}

TEST(StructureProperty, JsonRoundTripIsExact) {
  RandomStructures structures(4);
  for (int n = 0; n < 2000; ++n) {
    const MultiplierStructure s = structures.next(n % 2);
    ASSERT_EQ(parse_structure(to_json(s), "random"), s) << to_json(s);
  }
}

TEST(StructureProperty, ExportedBlifReadsBack) {
  RandomStructures structures(5);
  for (int n = 0; n < 100; ++n) {
    const Netlist netlist = build_multiplier(structures.next(true));
    ASSERT_EQ(truth_table(parse_blif(to_blif(netlist), "random")).values, truth_table(netlist).values);
  }
}

TEST(StructureProperty, ExportedSystemVerilogReadsBack) {
  const TemporaryFolder folder;
  RandomStructures structures(6);
  for (int n = 0; n < 4; ++n) {
    const MultiplierStructure s = structures.next(true);
    const Netlist netlist = build_multiplier(s);
    const auto path = folder.path() / "random.sv";
    write_file(path, to_systemverilog(netlist, "random"));
    TruthTable read = truth_table(read_multiplier(path));
    for (int32_t& value : read.values) value = as_product(s, value);
    ASSERT_EQ(read.values, truth_table(netlist).values) << to_json(s);
  }
}

}  // namespace
}  // namespace tram
