// The accumulators and sums of activations at the array's edge: their cells compute the sums, and their energy is that of
// a plain simulation, clock by clock.
#include "sim/engines/array_edge.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/array_area.hpp"
#include "sim/engines/pe_model.hpp"
#include "tests/cells/netlist_simulation.hpp"

namespace tram {
namespace {

std::shared_ptr<const Library> osu018() { return read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib"); }

Scenario scenario_of(int rows, int columns) {
  Scenario scenario;
  scenario.array.rows = rows;
  scenario.array.columns = columns;
  return scenario;
}

std::shared_ptr<const EdgeModel> edge_of(const Scenario& scenario, const Netlist& multiplier) {
  return std::make_shared<const EdgeModel>(map_pe(multiplier, scenario.array.rows, osu018()), scenario);
}

int32_t as_sum(uint64_t bits, const AccumulatorDesign& design) {
  return static_cast<int32_t>(static_cast<uint32_t>(bits) << design.lsb);
}

/// One accumulator, clock by clock: what it adds up, and J of the toggles of its nets between settled values.
class PlainAccumulator {
 public:
  explicit PlainAccumulator(const EdgePart<AccumulatorDesign>& part)
      : part_(part), simulation_(part.design.netlist), last_(part.design.netlist.net_count(), 0) {
    take(0, 0, false);
    joule_ = 0;
  }

  /// The sum that goes to the scratchpad.
  int32_t take(int32_t sum, int32_t stored, bool accumulates) {
    const AccumulatorDesign& design = part_.design;
    simulation_.set_port("psum_i", static_cast<uint32_t>(sum) >> design.lsb);
    simulation_.set_port("accumulate_i", accumulates);
    simulation_.settle();
    simulation_.clock();
    if (accumulates) simulation_.set_port("stored_i", static_cast<uint32_t>(stored) >> design.lsb);
    simulation_.settle();
    for (NetId net = constant_one + 1; net < last_.size(); ++net)
      if ((simulation_.net(net) & 1) != std::exchange(last_[net], simulation_.net(net) & 1))
        joule_ += part_.energies.joule[net];
    return as_sum(simulation_.port("sum_o"), design);
  }
  double take_joule() { return std::exchange(joule_, 0); }

 private:
  const EdgePart<AccumulatorDesign>& part_;
  NetlistSimulation simulation_;
  std::vector<uint64_t> last_;
  double joule_ = 0;
};

void compare_with_plain(const Netlist& multiplier, int32_t least, int32_t most) {
  const auto model = edge_of(scenario_of(8, 3), multiplier);
  AccumulatorBank bank(model->column, 1);
  PlainAccumulator plain(model->column);
  std::mt19937 random(7);
  const int lsb = model->column.design.lsb;
  const auto draw = [&] {
    return static_cast<int32_t>(least +
                                static_cast<int64_t>(random() % (uint64_t(most) - uint64_t(int64_t(least)) + 1))) >>
           lsb << lsb;
  };
  for (const int count : {1, 62, 63, 64, 130}) {
    for (const bool accumulates : {false, true}) {
      std::vector<int32_t> sums, stored;
      for (int i = 0; i < count; ++i) {
        sums.push_back(draw());
        if (accumulates) stored.push_back(draw() * 100);
        const int32_t sum = plain.take(sums.back(), accumulates ? stored.back() : 0, accumulates);
        ASSERT_EQ(sum, sums.back() + (accumulates ? stored.back() : 0));
      }
      const double joule = plain.take_joule();
      EXPECT_NEAR(bank.run(0, sums, stored, 1, count) / joule, 1, 1e-12) << count << accumulates;
    }
  }
}

TEST(AccumulatorBank, IsAPlainSimulationOfItsCells) { compare_with_plain(array_multiplier(), 0, 8 * 255 * 255); }
TEST(AccumulatorBank, Signed) { compare_with_plain(find_multiplier("exact_signed_array"), -8 * 16384, 8 * 16384); }
TEST(AccumulatorBank, WithoutTheLowBits) { compare_with_plain(array_multiplier(8, 6), 0, 8 * 65000); }

struct Sums {
  Sums(int rows_of_fold, int columns_of_fold, int count, unsigned seed)
      : rows(rows_of_fold), columns(columns_of_fold), m(count) {
    std::mt19937 random(seed);
    for (int i = 0; i < m * columns; ++i) {
      sums.push_back(int32_t(random() % 400000));
      stored.push_back(int32_t(random() % 4000000));
    }
    for (int i = 0; i < m; ++i) {
      activation_sums.push_back(0);
      for (int k = 0; k < rows; ++k) {
        activations.push_back(uint8_t(random()));
        activation_sums.back() += activations.back();
      }
    }
  }
  EdgeFold fold(bool accumulates, bool sums_activations) const {
    EdgeFold fold{.rows = rows, .columns = columns, .vectors = m, .cycles = 200 + m, .sums = sums};
    fold.vector_stride = size_t(columns);
    if (accumulates) fold.stored = stored;
    if (!sums_activations) return fold;
    fold.activations = activations;
    fold.activation_sums = activation_sums;
    if (accumulates) fold.stored_sums = activation_sums;
    return fold;
  }
  int rows, columns, m;
  std::vector<int32_t> sums, stored, activation_sums;
  std::vector<uint8_t> activations;
};

/// Clocks by hand, what the columns' accumulators do clock by clock.
TEST(ArrayEdge, EnergyOfColumnsIsTheirSum) {
  const Scenario scenario = scenario_of(8, 5);
  const auto model = edge_of(scenario, array_multiplier());
  ArrayEdge edge(model, scenario, {.kind = SampleRule::Kind::all});
  edge.plan({2, {}, false});
  const Sums sums(6, 3, 70, 1);
  const EdgeEnergies& e = model->column.energies;
  std::vector<PlainAccumulator> plain(3, PlainAccumulator(model->column));
  for (const bool accumulates : {false, true}) {
    edge.add(sums.fold(accumulates, false));
    double expected = 270.0 * 5 * (e.free_tick + e.gate.stopped) + 70.0 * 3 * (e.tick + e.gate.passed - e.gate.stopped);
    for (int column = 0; column < 3; ++column) {
      for (int v = 0; v < 70; ++v) {
        const auto i = size_t(v * 3 + column);
        plain[size_t(column)].take(sums.sums[i], accumulates ? sums.stored[i] : 0, accumulates);
      }
      expected += plain[size_t(column)].take_joule();
    }
    EXPECT_NEAR(edge.take_energy() / expected, 1, 1e-12);
  }
  EXPECT_EQ(edge.take_sampled().variance, 0);
  EXPECT_EQ(edge.leakage_power(), 5 * (e.leakage + e.gate.leakage));
}

/// Links of the chain against a plain simulation; the cells give the sums of the rows above.
TEST(ArrayEdge, SumsOfActivations) {
  const Scenario scenario = scenario_of(8, 5);
  const auto model = edge_of(scenario, array_multiplier());
  ArrayEdge with(model, scenario, {.kind = SampleRule::Kind::all}), without = with;
  with.plan({1, {}, true});
  without.plan({1, {}, false});
  const Sums sums(6, 3, 70, 2);
  with.add(sums.fold(false, true));
  without.add(sums.fold(false, false));
  const auto& [design, e] = model->link;
  double expected = 0;
  for (int row = 0; row < 6; ++row) {
    NetlistSimulation link(design.netlist);
    link.settle();
    std::vector<uint64_t> last(link.nets().begin(), link.nets().end());
    for (int v = 0; v < 72; ++v) {  // 0 behind the stream, and the clock at which it is taken
      int above = 0;
      for (int r = 0; r < row && v < 70; ++r) above += sums.activations[size_t(v * 6 + r)];
      const int activation = v < 70 ? sums.activations[size_t(v * 6 + row)] : 0;
      link.set_port("sum_i", uint64_t(above));
      link.set_port("activation_i", uint64_t(activation));
      link.settle();
      for (NetId net = constant_one + 1; net < last.size(); ++net)
        if (((link.net(net) ^ std::exchange(last[net], link.net(net))) & 1) != 0) expected += e.joule[net];
      link.clock();
      NetlistSimulation next = link;
      next.settle();
      ASSERT_EQ(next.port("sum_o"), uint64_t(above + activation));
    }
  }
  PlainAccumulator total(model->of_activations);
  for (const int32_t sum : sums.activation_sums) total.take(sum, 0, false);
  expected += total.take_joule();
  const EdgeEnergies& a = model->of_activations.energies;
  expected += 270 * e.gate.stopped + 77 * (e.gate.passed - e.gate.stopped) + 8 * 77 * e.tick;
  expected += 270 * (a.free_tick + a.gate.stopped) + 70 * (a.tick + a.gate.passed - a.gate.stopped);
  EXPECT_NEAR((with.take_energy() - without.take_energy()) / expected, 1, 1e-9);
  EXPECT_GT(with.leakage_power(), without.leakage_power());
  EXPECT_EQ(without.links(), 0);
  EXPECT_EQ(with.links(), 8);
  EXPECT_EQ(with.link_gates(), 1);
}

/// Counted cell by cell: 11 x 5 gated PEs in two blocks of rows, each part with two gates and one enable that moves on.
TEST(ArrayArea, AddsUpByHand) {
  Scenario scenario = scenario_of(11, 5);
  scenario.array.gating = Gating::zero;
  const PeModel model(scenario, array_multiplier(), osu018(), Tables::none);
  ArrayEdge edge(model.edge, scenario, {});
  const auto area_of = [](const MappedNetlist& netlist) {
    double area = 0;
    for (const MappedCell& cell : netlist.cells()) area += cell.type->area;
    return area;
  };
  const double gate = model.energies.gate.area;
  double flip_flop = 0, pe = 0;
  for (const MappedCell& cell : model.design.netlist.cells()) {
    pe += cell.type->area;
    if (cell.type->kind == CellKind::flip_flop) flip_flop = cell.type->area;
  }
  EXPECT_GT(gate, 0);
  const AreaBreakdown area = array_area(model, edge, 11, 5);
  EXPECT_NEAR((area.multipliers + area.adders + area.registers) / (55 * pe * 1e-6), 1, 1e-12);
  EXPECT_GT(area.multipliers, area.adders);
  EXPECT_NEAR(area.clock_gates / ((55 * 2 * gate + 10 * (2 * gate + flip_flop)) * 1e-6), 1, 1e-12);
  const double column = area_of(model.edge->column.design.netlist) + gate;
  EXPECT_NEAR(area.accumulators / (5 * column * 1e-6), 1, 1e-12);
  edge.plan({1, {}, true});
  const double sums = 11 * area_of(model.edge->link.design.netlist) + 2 * gate +
                      area_of(model.edge->of_activations.design.netlist) + gate;
  EXPECT_NEAR(array_area(model, edge, 11, 5).accumulators / ((5 * column + sums) * 1e-6), 1, 1e-12);
  EXPECT_NEAR(area.total(), area.multipliers + area.adders + area.registers + area.clock_gates + area.accumulators,
              1e-12);
}

/// The mean of many draws is the whole, and its interval holds it as often as it says.
TEST(ArrayEdge, SampleIsUnbiased) {
  const Scenario scenario = scenario_of(8, 16);
  const auto model = edge_of(scenario, array_multiplier());
  ArrayEdge all(model, scenario, {.kind = SampleRule::Kind::all});
  ArrayEdge some(model, scenario, {.kind = SampleRule::Kind::number, .pes = 24});
  double inside = 0, sum = 0, exact = 0;
  constexpr int draws = 200, folds = 12;
  for (int draw = 0; draw < draws; ++draw) {
    all.reset();
    some.reset();
    for (int fold = 0; fold < folds; ++fold) {
      const Sums sums(8, 16, 20, unsigned(draw * folds + fold));
      all.add(sums.fold(fold > 0, false));
      some.add(sums.fold(fold > 0, false));
    }
    const double whole = all.take_energy(), estimate = some.take_energy();
    const double half = 1.96 * std::sqrt(some.take_sampled().variance);
    EXPECT_GT(half, 0);
    inside += std::abs(whole - estimate) <= half;
    sum += estimate;
    exact += whole;
  }
  EXPECT_NEAR(sum / exact, 1, 1e-3);
  EXPECT_GE(inside / draws, 0.9);
}

}  // namespace
}  // namespace tram
