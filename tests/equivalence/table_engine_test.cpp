// The engines `table` and `rtl` on the same folds: equal integers, equal energies part by part.
#include "sim/engines/table_engine.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "models/cells/liberty/liberty_names.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/edge.hpp"
#include "sim/engines/pe_model.hpp"
#include "sim/engines/rtl_engine.hpp"

namespace tram {
namespace {

std::shared_ptr<const Library> osu018() { return read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib"); }

/// The exact product with bit 0 inverted: 0 x 0 gives 1, w x 0 always 1.
Netlist offset_multiplier() {
  Netlist netlist = array_multiplier();
  netlist.name = "offset";
  netlist.gates.push_back({GateKind::inverter, {netlist.product[0], -1, -1}, {netlist.net_count, -1}});
  netlist.product[0] = netlist.net_count++;
  return netlist;
}

/// Product bit 0 is bit 7 of the weight, a wire: products move while the weights load.
Netlist leaky_multiplier() {
  Netlist netlist = array_multiplier();
  netlist.name = "leaky";
  netlist.product[0] = netlist.a[7];
  return netlist;
}

struct FoldData {
  FoldData(std::mt19937& random, int row_count, int column_count, int stream, unsigned sparsity,
           const Netlist& multiplier, bool holds_activations)
      : rows(row_count), columns(column_count), m(stream), products(size_t(m * columns), -1), sums(size_t(m), -1) {
    const unsigned a_codes = 1U << multiplier.a.size(), b_codes = 1U << multiplier.b.size();
    const unsigned held = holds_activations ? b_codes : a_codes, streamed = holds_activations ? a_codes : b_codes;
    for (int i = 0; i < rows * columns; ++i) weights.push_back(uint8_t(random() % held));
    for (int i = 0; i < rows * m; ++i)
      activations.push_back(random() % 4 < sparsity ? 0 : uint8_t(random() % streamed));
  }
  Fold fold() { return {rows, columns, m, weights, activations, products, sums, 0, 0}; }

  int rows, columns, m;
  std::vector<uint8_t> weights, activations;
  std::vector<int32_t> products, sums;
};

void add_to_edge(Edge& edge, const FoldData& fold) {
  edge.add({.rows = fold.rows,
            .columns = fold.columns,
            .vectors = fold.m,
            .cycles = 100 + fold.m,
            .sums = fold.products,
            .stored = fold.products,
            .vector_stride = size_t(fold.columns),
            .activations = {},
            .format = {},
            .activation_sums = {},
            .stored_sums = {}});
}

/// Both engines on folds of random shapes, as a run has them: of the whole array, of parts, after a reset.
void compare(int rows, int columns, const Netlist& multiplier, DelayModel delays, double tolerance,
             const std::shared_ptr<const Library>& library = osu018(), AdderCells adders = AdderCells::library,
             Gating gating = Gating::none, WeightLoading load = WeightLoading::exposed,
             DataflowKind dataflow = DataflowKind::weight_stationary) {
  Scenario scenario;
  scenario.array.gating = gating;
  scenario.array.weight_load = load;
  scenario.array.dataflow = dataflow;
  scenario.technology.adders = adders;
  scenario.array.rows = rows;
  scenario.array.columns = columns;
  scenario.technology.delays = delays;
  scenario.sample = {SampleRule::Kind::all};
  const auto rtl = make_rtl_engine(scenario, multiplier, library);
  const auto table = make_table_engine(scenario, multiplier, library, 1);
  EXPECT_EQ(rtl->delay_model(), table->delay_model());
  EXPECT_EQ(rtl->leakage_power(), table->leakage_power());
  EXPECT_EQ(rtl->edge()->leakage_power(), table->edge()->leakage_power());
  EXPECT_EQ(rtl->area().total(), table->area().total());
  std::mt19937 random(unsigned(rows * 1000 + columns));
  for (int trial = 0; trial < 6; ++trial) {
    if (trial % 4 == 0) {
      rtl->reset();
      table->reset();
    }
    const int used_rows = trial % 3 == 0 ? rows : 1 + int(random() % unsigned(rows));
    const int used_columns = trial % 3 == 0 ? columns : 1 + int(random() % unsigned(columns));
    FoldData a(random, used_rows, used_columns, 1 + int(random() % 150), unsigned(trial % 3), multiplier,
               scenario.array.holds_activations()),
        b = a;
    rtl->run(a.fold());
    table->run(b.fold());
    ASSERT_EQ(a.products, b.products);
    ASSERT_EQ(a.sums, b.sums);
    const ArrayEnergy counted = rtl->take_energy(), summed = table->take_energy();
    const SampledEnergy sampled = table->take_sampled();
    EXPECT_NEAR(summed.multiplier / counted.multiplier, 1, 1e-4) << trial;
    EXPECT_NEAR(summed.adder / counted.adder, 1, tolerance) << trial;
    EXPECT_NEAR(summed.registers / counted.registers, 1, tolerance) << trial;
    EXPECT_NEAR(summed.clock / counted.clock, 1, 1e-12) << trial;
    add_to_edge(*rtl->edge(), a);
    add_to_edge(*table->edge(), b);
    const double edge = rtl->edge()->take_energy();
    EXPECT_GT(edge, 0);
    EXPECT_EQ(table->edge()->take_energy(), edge);
    EXPECT_EQ(sampled.variance, 0);
    EXPECT_EQ(sampled.pes, sampled.of);
  }
}

TEST(TableEngine, EqualsRtl8x8) { compare(8, 8, array_multiplier(), DelayModel::zero, 1e-9); }
TEST(TableEngine, EqualsRtlOddShapeTruncated) { compare(5, 7, array_multiplier(8, 6), DelayModel::zero, 1e-9); }
TEST(TableEngine, EqualsRtlOneRow) { compare(1, 64, array_multiplier(8, 3), DelayModel::zero, 1e-9); }
TEST(TableEngine, EqualsRtlTwoSegments) { compare(6, 70, array_multiplier(), DelayModel::zero, 1e-9); }
TEST(TableEngine, EqualsRtl64x64WithGlitches) { compare(64, 64, array_multiplier(), DelayModel::library, 1e-9); }
/// Signed products; those of signed_trunc7 are off by a constant at 0 x 0, its partial sums lack the low bits.
TEST(TableEngine, EqualsRtlSigned) { compare(8, 8, find_multiplier("exact_signed_array"), DelayModel::zero, 1e-9); }
TEST(TableEngine, EqualsRtlSignedTwoSegmentsWithGlitches) {
  compare(6, 70, find_multiplier("exact_signed_dadda"), DelayModel::library, 1e-9);
}
TEST(TableEngine, EqualsRtlSignedTruncated) { compare(5, 7, find_multiplier("signed_trunc7"), DelayModel::zero, 1e-9); }
/// Product bits 8 to 15 are one net, the sign; the PE does not read bits 4 to 7 of its operands.
TEST(TableEngine, EqualsRtlSignedOfFourBits) {
  compare(5, 7, widen(find_multiplier("signed_trunc3_4x4"), 8, 8), DelayModel::zero, 1e-9);
}

TEST(TableEngine, EqualsRtlOfOtherWidths) {
  for (const char* name : {"exact_dadda_4x4", "exact_5x3", "dadda_trunc3_8x4", "exact_2x2", "exact_signed_dadda_3x6"}) {
    SCOPED_TRACE(name);
    compare(5, 7, find_multiplier(name), DelayModel::zero, 1e-9);
  }
  compare(5, 70, find_multiplier("exact_dadda_4x4"), DelayModel::library, 1e-9);
}

/// The sign of a product is a wire from the weight: products move while the weights load.
TEST(TableEngine, EqualsRtlOfSignAndMagnitude) {
  compare(8, 8, with_sign(find_multiplier("exact_dadda_7x8")), DelayModel::zero, 1e-2);
  compare(5, 7, with_sign(find_multiplier("dadda_trunc3_3x4")), DelayModel::library, 1e-2);
}

TEST(TableEngine, EqualsRtlOfGates) {
  compare(8, 8, find_multiplier("dadda_trunc6"), DelayModel::library, 1e-9, osu018(), AdderCells::gates);
}
/// Adder cells with inverted outputs (ASAP7), plain ones (sky130), and a library without. Registers of ASAP7, whose
/// flip-flops invert, differ by 2e-4.
TEST(TableEngine, EqualsRtlInOtherLibraries) {
  int libraries = 0;
  for (const NamedLiberty& named : named_liberties()) {
    if (!named.name.starts_with("asap7") && !named.name.starts_with("s")) continue;
    if (!std::filesystem::exists(named.file)) continue;
    SCOPED_TRACE(named.name);
    ++libraries;
    compare(5, 6, find_multiplier("exact_dadda"), DelayModel::zero, 1e-3, read_liberty(named.file));
  }
  if (libraries == 0) GTEST_SKIP() << "no asap7, sky130hd or sg13g2 in the data folder";
}

TEST(TableEngine, EqualsRtlWhenZeroTimesZeroIsNotZero) { compare(8, 8, offset_multiplier(), DelayModel::zero, 1e-2); }
TEST(TableEngine, EqualsRtlWhenProductsMoveWithTheWeights) {
  compare(8, 8, leaky_multiplier(), DelayModel::zero, 1e-2);
}

/// Gated PEs on the shapes and multipliers above: those whose products move at code 0 too.
void compare_gated(int rows, int columns, const Netlist& multiplier, DelayModel delays = DelayModel::zero,
                   const std::shared_ptr<const Library>& library = osu018(), double tolerance = 1e-9) {
  for (const Gating gating : {Gating::clock, Gating::zero})
    for (const WeightLoading load : {WeightLoading::exposed, WeightLoading::hidden}) {
      SCOPED_TRACE(fmt::format("gating {} load {}", int(gating), int(load)));
      compare(rows, columns, multiplier, delays, tolerance, library, AdderCells::library, gating, load);
    }
}

TEST(TableEngineGated, EqualsRtl8x8) { compare_gated(8, 8, array_multiplier()); }
TEST(TableEngineGated, EqualsRtlOddShapeTruncated) { compare_gated(5, 7, array_multiplier(8, 6)); }
TEST(TableEngineGated, EqualsRtlOneRow) { compare_gated(1, 64, array_multiplier(8, 3)); }
TEST(TableEngineGated, EqualsRtlOneColumn) { compare_gated(19, 1, array_multiplier()); }
TEST(TableEngineGated, EqualsRtlTwoSegments) { compare_gated(9, 70, array_multiplier()); }
TEST(TableEngineGated, EqualsRtlOneLessThanItsBlocks) { compare_gated(23, 31, array_multiplier()); }
TEST(TableEngineGated, EqualsRtl64x64WithGlitches) { compare_gated(64, 64, array_multiplier(), DelayModel::library); }
TEST(TableEngineGated, EqualsRtlSignedTruncated) { compare_gated(17, 7, find_multiplier("signed_trunc7")); }
TEST(TableEngineGated, EqualsRtlSignedOfFourBits) {
  compare_gated(5, 7, widen(find_multiplier("signed_trunc3_4x4"), 8, 8));
}
TEST(TableEngineGated, EqualsRtlOfOtherWidths) {
  for (const char* name : {"exact_dadda_4x4", "exact_signed_dadda_3x6"}) {
    SCOPED_TRACE(name);
    compare_gated(9, 7, find_multiplier(name));
  }
}
TEST(TableEngineGated, EqualsRtlWhenZeroTimesZeroIsNotZero) { compare_gated(10, 8, offset_multiplier()); }
TEST(TableEngineGated, EqualsRtlWhenProductsMoveWithTheWeights) {
  compare_gated(10, 8, leaky_multiplier(), DelayModel::zero, osu018(), 1e-2);
}
TEST(TableEngineGated, EqualsRtlOfSignAndMagnitude) {
  compare_gated(10, 8, with_sign(find_multiplier("exact_dadda_7x8")), DelayModel::zero, osu018(), 1e-2);
}
/// Operands exchanged, of a multiplier that does not commute and of one whose operands differ in width.
TEST(TableEngineGated, EqualsRtlThatHoldsActivations) {
  for (const char* name : {"perforated_r1_n2", "dadda_trunc3_8x4"})
    for (const Gating gating : {Gating::none, Gating::zero}) {
      SCOPED_TRACE(fmt::format("{} gating {}", name, int(gating)));
      const WeightLoading load = gating == Gating::none ? WeightLoading::exposed : WeightLoading::hidden;
      compare(9, 7, find_multiplier(name), DelayModel::library, 1e-9, osu018(), AdderCells::library, gating, load,
              DataflowKind::input_stationary);
    }
}
/// Libraries with their own clock gates: of asap7, whose flip-flops invert, of sky130hd and sg13g2.
TEST(TableEngineGated, EqualsRtlInOtherLibraries) {
  int libraries = 0;
  for (const NamedLiberty& named : named_liberties()) {
    if (!named.name.starts_with("asap7") && !named.name.starts_with("s")) continue;
    if (!std::filesystem::exists(named.file)) continue;
    SCOPED_TRACE(named.name);
    ++libraries;
    compare_gated(9, 6, find_multiplier("exact_dadda"), DelayModel::zero, read_liberty(named.file), 1e-3);
  }
  if (libraries == 0) GTEST_SKIP() << "no asap7, sky130hd or sg13g2 in the data folder";
}

}  // namespace
}  // namespace tram
