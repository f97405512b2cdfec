#include <gtest/gtest.h>

#include "models/data/philox.hpp"
#include "models/support/error.hpp"
#include "train/structure/gated_multiplier.hpp"

namespace tram::train {
namespace {

constexpr int bits = 6;

/// Some partial products of the exact multiplier, as random as the seed.
MultiplierStructure random_structure(uint64_t seed, float kept) {
  MultiplierStructure structure = exact_structure(bits, bits);
  RandomItem random(seed, 3, 0);
  for (NetState& dot : structure.partial_products)
    if (random.unit() > kept) dot = NetState::zero;
  reset_adders(structure);
  return structure;
}

TEST(GatedMultiplier, IsEachOfThemForAllOperands) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const std::vector<MultiplierStructure> own = {
        random_structure(3 * seed, 0.7F), random_structure(3 * seed + 1, 0.4F), random_structure(3 * seed + 2, 0.1F)};
    const MultiplierStructure joint = joined(own);
    const Netlist all = build_multiplier(joint);
    for (const MultiplierStructure& structure : own) {
      const Netlist netlist = gated(joint, structure);
      EXPECT_EQ(truth_table(netlist).values, truth_table(build_multiplier(structure)).values);
      EXPECT_EQ(netlist.gates.size(), all.gates.size());
    }
  }
}

TEST(GatedMultiplier, KeepsWhatOneOfThemKeeps) {
  MultiplierStructure first = exact_structure(bits, bits), second = first;
  first.partial_product(0, 0) = first.partial_product(0, 1) = NetState::zero;
  second.partial_product(0, 0) = second.partial_product(1, 0) = NetState::zero;
  for (MultiplierStructure* s : {&first, &second}) reset_adders(*s);
  MultiplierStructure wanted = exact_structure(bits, bits);
  wanted.partial_product(0, 0) = NetState::zero;
  reset_adders(wanted);
  EXPECT_EQ(joined(std::vector{first, second}).partial_products, wanted.partial_products);
  EXPECT_EQ(gated(joined(std::vector{first}), first), build_multiplier(joined(std::vector{first})));
}

TEST(GatedMultiplier, RefusesOthers) {
  const MultiplierStructure exact = exact_structure(bits, bits);
  MultiplierStructure compensated = exact, with_or = exact;
  compensated.compensation = 5;
  with_or.or_groups = {{2, {0, 1}}};
  for (MultiplierStructure* s : {&compensated, &with_or}) reset_adders(*s);
  EXPECT_THROW(joined(std::vector{exact, compensated}), InputError);
  EXPECT_THROW(joined(std::vector{with_or}), InputError);
  EXPECT_THROW(joined(std::vector{exact, exact_structure(5, 5)}), InputError);
  EXPECT_THROW(joined(std::vector{exact, exact_structure(bits, bits, false, Accumulation::array)}), InputError);
  EXPECT_THROW(joined({}), InputError);
}

}  // namespace
}  // namespace tram::train
