// The PE mapped to library cells: every product, and sums.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>

#include "models/cells/liberty/liberty_names.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/support/error.hpp"
#include "rtl/pe_design.hpp"
#include "tests/cells/netlist_simulation.hpp"

namespace tram {
namespace {

constexpr char osu018[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// weight * activation through the mapped PE, for all pairs: 64 at a time, one a lane.
void check_products(const Netlist& multiplier, int columns, AdderCells adders = AdderCells::library,
                    const std::filesystem::path& liberty = osu018) {
  const TruthTable table = truth_table(multiplier);
  const PeDesign pe = map_pe(multiplier, 64, read_liberty(liberty), {.adders = adders});
  EXPECT_EQ(pe.product_lsb, columns);
  const int w_bits = table.a_bits, x_bits = table.b_bits;
  const uint32_t pairs = 1U << (w_bits + x_bits);
  EXPECT_EQ(pe.psum_planes, w_bits + x_bits - columns + 6);
  NetlistSimulation simulation(pe.netlist);
  const auto set_bit = [&](const char* port, int bit, uint64_t lanes) {
    simulation.set(pe.netlist.find_port(port)->bits[bit], lanes);
  };
  simulation.set_port("load_i", 1);
  simulation.set_port("psum_i", 0);
  for (uint32_t base = 0; base < pairs; base += 64) {
    for (int bit = 0; bit < w_bits + x_bits; ++bit) {
      uint64_t lanes = 0;
      for (uint32_t k = 0; k < 64; ++k) lanes |= uint64_t((base + k) >> bit & 1) << k;
      if (bit < x_bits) set_bit("activation_i", bit, lanes);
      else set_bit("weight_i", bit - x_bits, lanes);
    }
    for (int clock = 0; clock < 2; ++clock) {
      simulation.settle();
      simulation.clock();
    }
    for (uint32_t k = 0; k < std::min(64U, pairs); ++k)
      ASSERT_EQ(pe.sum(uint32_t(simulation.port("psum_o", k))), table.values[base + k]) << base + k;
  }
}

TEST(MappedPe, EveryProductOfExact) { check_products(array_multiplier(), 0); }
TEST(MappedPe, EveryProductOfTrunc6) { check_products(array_multiplier(8, 6), 6); }
TEST(MappedPe, EveryProductOfOtherWidths) {
  for (const char* name : {"exact_dadda_4x4", "exact_5x3", "exact_8x4", "exact_2x2", "exact_signed_dadda_3x7"}) {
    SCOPED_TRACE(name);
    check_products(find_multiplier(name), 0);
  }
}
TEST(MappedPe, EveryProductOfSignAndMagnitude) {
  check_products(with_sign(find_multiplier("exact_dadda_7x8")), 0);
  check_products(with_sign(find_multiplier("dadda_trunc3_4x5")), 3);
}
TEST(MappedPe, EveryProductOfSignedExact) { check_products(find_multiplier("exact_signed_array"), 0); }
TEST(MappedPe, EveryProductOfSignedTrunc6) { check_products(find_multiplier("signed_trunc6"), 6); }

TEST(MappedPe, EveryProductOfDaddaTreesOfCellsAndOfGates) {
  for (const AdderCells adders : {AdderCells::library, AdderCells::gates}) {
    check_products(find_multiplier("exact_dadda"), 0, adders);
    check_products(find_multiplier("exact_signed_dadda"), 0, adders);
    check_products(find_multiplier("dadda_trunc6"), 6, adders);
  }
}
/// ASAP7's adder cells have inverted outputs, SG13G2 has none.
TEST(MappedPe, EveryProductInOtherLibraries) {
  int libraries = 0;
  for (const NamedLiberty& named : named_liberties()) {
    if (named.name.starts_with("osu") || !std::filesystem::exists(named.file)) continue;
    SCOPED_TRACE(named.name);
    ++libraries;
    check_products(find_multiplier("exact_dadda"), 0, AdderCells::library, named.file);
  }
  if (libraries == 0) GTEST_SKIP() << "no asap7, sky130hd or sg13g2 in the data folder";
}

/// How many cells of each type; of a PE those of its multiplier.
std::map<std::string, int> cell_counts(const MappedNetlist& netlist, const std::string& part) {
  std::map<std::string, int> counts;
  for (const MappedCell& cell : netlist.cells())
    if (cell.part == part) ++counts[cell.type->name];
  return counts;
}

/// The PE has the cells that tram_axm measures, but for the low product bits that it does not read.
TEST(MappedPe, HasTheCellsOfMapMultiplier) {
  const auto library = read_liberty(osu018);
  for (const char* name : {"exact_dadda", "exact", "trunc6", "dadda_trunc6", "exact_signed_dadda"})
    for (const AdderCells adders : {AdderCells::library, AdderCells::gates}) {
      MultiplierMappingOptions options;
      options.adders = adders;
      const Netlist netlist = find_multiplier(name);
      EXPECT_EQ(cell_counts(map_pe(netlist, 64, library, {.adders = adders}).netlist, "multiplier"),
                cell_counts(map_multiplier(netlist, library, options), ""))
          << name << ' ' << name_of(adders);
    }
}

TEST(MappedPe, HasFullAdderCells) {
  const PeDesign pe = map_pe(find_multiplier("exact_dadda"), 64, read_liberty(osu018));
  const auto counts = cell_counts(pe.netlist, "multiplier");
  EXPECT_EQ(counts.at("FAX1"), 48);  // a Dadda tree of 8 x 8: 35 in the tree, 13 in the ripple-carry row
  EXPECT_EQ(counts.at("HAX1"), 8);
}

/// Partial sums of 22 bits: two's complement where the multiplier is signed.
TEST(PeDesign, SumOfAPartialSum) {
  PeDesign pe = map_pe(array_multiplier(), 64, read_liberty(osu018));
  EXPECT_EQ(pe.sum(0x3fffff), 4194303);
  pe = map_pe(find_multiplier("exact_signed_array"), 64, read_liberty(osu018));
  EXPECT_EQ(pe.sum(0x3fffff), -1);
  EXPECT_EQ(pe.sum(0x200000), -2097152);
  EXPECT_EQ(pe.sum(0x1fffff), 2097151);
  pe = map_pe(find_multiplier("signed_trunc6"), 64, read_liberty(osu018));
  EXPECT_EQ(pe.sum(0xffff), -64);
}

/// The accumulator on random sums and on carries of every length.
TEST(MappedPe, AdderOnRandomSumsAndLongCarries) {
  const PeDesign pe = map_pe(array_multiplier(), 64, read_liberty(osu018));
  NetlistSimulation simulation(pe.netlist);
  std::mt19937 random(2);
  simulation.set_port("load_i", 1);
  simulation.set_port("weight_i", 255);
  for (int trial = 0; trial < 20000; ++trial) {
    const uint32_t activation = random() & 255, product = 255 * activation;
    const uint32_t chain = (1u << 22) - (1u << (trial % 22));  // ones from bit trial % 22 on: carries ripple to the top
    const uint32_t psum = trial % 2 ? chain : random() & 0x3fffff;
    simulation.set_port("activation_i", activation);
    simulation.settle();
    simulation.clock();
    simulation.settle();
    simulation.set_port("psum_i", psum);
    simulation.settle();
    simulation.clock();
    ASSERT_EQ(simulation.port("psum_o"), (psum + product) & 0x3fffff);
  }
}

TEST(PeDesign, RefusesOtherWidthsAndHeights) {
  const auto library = read_liberty(osu018);
  EXPECT_THROW(map_pe(widen(array_multiplier(), 9, 8), 64, library), InputError);
  EXPECT_THROW(map_pe(array_multiplier(), 0, library), InputError);
  EXPECT_THROW(map_pe(array_multiplier(), 5000, library), InputError);
}

}  // namespace
}  // namespace tram
