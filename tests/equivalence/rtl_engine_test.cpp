// The array of Verilated mapped PEs against a table GEMM (values) and against the plain netlist simulation, stepped
// clock by clock for the whole array (toggles of every net).
#include "sim/engines/rtl_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "rtl/mapped_row.hpp"
#include "rtl/pe_design.hpp"
#include "rtl/row_compiler.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/rtl_array.hpp"
#include "sim/mapping/fold_timer.hpp"
#include "tests/cells/netlist_simulation.hpp"

namespace tram {
namespace {

std::shared_ptr<const Library> osu018() { return read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib"); }

struct FoldData {
  std::vector<uint8_t> weights, activations;
  std::vector<int32_t> products, sums;
  Fold fold;
};

FoldData random_fold(std::mt19937& random, int rows, int columns, int m, unsigned mask = 255,
                     unsigned weight_mask = 255) {
  FoldData data;
  for (int i = 0; i < rows * columns; ++i) data.weights.push_back(uint8_t(random() & weight_mask));
  for (int i = 0; i < rows * m; ++i) data.activations.push_back(uint8_t(random() & mask));
  data.products.assign(size_t(m) * columns, -1);
  data.sums.assign(m, -1);
  return data;
}

/// The spans are made where the data stays.
void bind(FoldData& data, int rows, int columns, int m) {
  data.fold = {rows, columns, m, data.weights, data.activations, data.products, data.sums, 0};
}

void expect_products(const FoldData& data, const TruthTable& table) {
  const Fold& fold = data.fold;
  for (int m = 0; m < fold.m; ++m) {
    int32_t activation_sum = 0;
    for (int k = 0; k < fold.rows; ++k) activation_sum += data.activations[m * fold.rows + k];
    ASSERT_EQ(data.sums[m], activation_sum);
    for (int n = 0; n < fold.columns; ++n) {
      int32_t sum = 0;
      for (int k = 0; k < fold.rows; ++k)
        sum += table.at(data.weights[k * fold.columns + n], data.activations[m * fold.rows + k]);
      ASSERT_EQ(data.products[m * fold.columns + n], sum) << "m " << m << " n " << n;
    }
  }
}

void check_values(int rows, int columns, const Netlist& multiplier, Gating gating = Gating::none,
                  WeightLoading load = WeightLoading::exposed,
                  DataflowKind dataflow = DataflowKind::weight_stationary) {
  Scenario scenario;
  scenario.array.dataflow = dataflow;
  scenario.array.gating = gating;
  scenario.array.weight_load = load;
  scenario.array.rows = rows;
  scenario.array.columns = columns;
  scenario.technology.delays = DelayModel::zero;
  const auto engine = make_rtl_engine(scenario, multiplier, osu018());
  const TruthTable of_operands = truth_table(multiplier);
  const TruthTable table = scenario.array.holds_activations() ? transposed(of_operands) : of_operands;
  std::mt19937 random(rows * 1000 + columns);
  for (int trial = 0; trial < 6; ++trial) {
    if (trial % 2 == 0) engine->reset();
    const int used_rows = trial == 0 ? rows : 1 + int(random() % rows);
    const int used_columns = trial == 0 ? columns : 1 + int(random() % columns);
    const int m = 1 + int(random() % 40);
    FoldData data = random_fold(random, used_rows, used_columns, m, (1U << table.b_bits) - 1, (1U << table.a_bits) - 1);
    bind(data, used_rows, used_columns, m);
    engine->run(data.fold);
    expect_products(data, table);
    EXPECT_GT(engine->take_energy().total(), 0);
  }
}

TEST(RtlEngine, ValuesEqualTableGemm8x8) { check_values(8, 8, array_multiplier()); }
TEST(RtlEngine, ValuesEqualTableGemmOddRows) { check_values(5, 7, array_multiplier(8, 6)); }
TEST(RtlEngine, ValuesEqualTableGemmOneRow) { check_values(1, 64, array_multiplier(8, 3)); }
TEST(RtlEngine, ValuesEqualTableGemmTwoSegments) { check_values(6, 70, array_multiplier()); }
TEST(RtlEngine, ValuesEqualTableGemm64x64) { check_values(64, 64, array_multiplier()); }

/// Products of two's complement operands, so sums below zero; of one row, an odd number, and as many as a partial sum's
/// growth bits can hold.
TEST(RtlEngine, ValuesEqualTableGemmSigned) {
  for (const char* name : {"exact_signed_array", "exact_signed_dadda", "signed_trunc5", "signed_trunc9"}) {
    SCOPED_TRACE(name);
    check_values(5, 7, find_multiplier(name));
  }
}
TEST(RtlEngine, ValuesEqualTableGemmSignedOneRow) { check_values(1, 66, find_multiplier("exact_signed_array")); }

TEST(RtlEngine, ValuesEqualTableGemmOfOtherWidths) {
  for (const char* name : {"exact_dadda_4x4", "exact_5x3", "dadda_trunc3_8x4", "exact_2x2", "exact_signed_dadda_3x6"}) {
    SCOPED_TRACE(name);
    check_values(5, 7, find_multiplier(name));
  }
}

/// Weights stream past activations: AxM(w, x) of a multiplier that does not commute.
TEST(RtlEngine, ValuesOfExchangedOperandsEqualTableGemm) {
  for (const char* name : {"perforated_r1_n2", "dadda_trunc3_8x4", "exact_signed_dadda_3x6"})
    for (const Gating gating : {Gating::none, Gating::zero}) {
      SCOPED_TRACE(name);
      const WeightLoading load = gating == Gating::none ? WeightLoading::exposed : WeightLoading::hidden;
      check_values(5, 7, find_multiplier(name), gating, load, DataflowKind::input_stationary);
    }
}

/// Weights of both signs, the code -0 too.
TEST(RtlEngine, ValuesEqualTableGemmOfSignAndMagnitude) {
  check_values(5, 7, with_sign(find_multiplier("exact_dadda_7x8")));
  check_values(6, 66, with_sign(find_multiplier("dadda_trunc3_3x4")));
  check_values(1, 3, with_sign(find_multiplier("exact_dadda_2x3")));
}

/// Every product the most negative or the most positive one, in all rows.
TEST(RtlEngine, SignedSumsReachTheEndsOfThePartialSum) {
  const Netlist multiplier = find_multiplier("exact_signed_array");
  Scenario scenario;
  scenario.array.rows = 16;
  scenario.array.columns = 2;
  scenario.technology.delays = DelayModel::zero;
  const auto engine = make_rtl_engine(scenario, multiplier, osu018());
  FoldData data;
  for (int k = 0; k < 16; ++k) data.weights.insert(data.weights.end(), {0x80, 0x7f});  // -128, 127
  data.activations.assign(16, 0x80);
  data.products.assign(2, 0);
  data.sums.assign(1, 0);
  bind(data, 16, 2, 1);
  engine->run(data.fold);
  EXPECT_EQ(data.products, (std::vector<int32_t>{16 * 16384, 16 * 127 * -128}));
}

TEST(RtlEngine, ProductOfZeroCodesDoesNotLeakFromIdleRows) {
  NetlistBuilder builder("offset", 8, 8, false);  // the exact product with bit 0 inverted: 0 x 0 gives 1
  Netlist netlist = array_multiplier();
  netlist.gates.push_back({GateKind::inverter, {netlist.product[0], -1, -1}, {netlist.net_count, -1}});
  netlist.product[0] = netlist.net_count++;
  check_values(7, 5, netlist);
}

TEST(RtlEngine, ResultDoesNotDependOnWhatRanBeforeReset) {
  Scenario scenario;
  scenario.array.rows = scenario.array.columns = 8;
  scenario.technology.delays = DelayModel::zero;
  const auto engine = make_rtl_engine(scenario, array_multiplier(), osu018());
  std::mt19937 random(3);
  FoldData first = random_fold(random, 8, 8, 20), other = random_fold(random, 8, 8, 33);
  bind(first, 8, 8, 20);
  bind(other, 8, 8, 33);
  engine->reset();
  engine->run(first.fold);
  const double energy = engine->take_energy().total();
  engine->run(other.fold);
  engine->take_energy();
  engine->reset();
  engine->run(first.fold);
  EXPECT_EQ(engine->take_energy().total(), energy);
}

/// The whole array stepped clock by clock: one NetlistSimulation a row, a lane a column.
class ReferenceArray {
 public:
  ReferenceArray(const MappedNetlist& pe, int rows, int columns)
      : pe_(pe), rows_(rows), columns_(columns), toggles_(pe.net_count(), 0) {
    for (int r = 0; r < rows; ++r) simulations_.emplace_back(pe);
    for (auto& simulation : simulations_) simulation.settle();
    for (auto& simulation : simulations_) previous_.emplace_back(simulation.nets().begin(), simulation.nets().end());
  }

  /// weights: of row 0; activations: [row], entering at column 0.
  void step(bool load, const std::vector<uint8_t>& weights, const std::vector<uint8_t>& activations) {
    for (int r = rows_ - 1; r >= 0; --r) {  // from below, so that the row above still shows its old outputs
      NetlistSimulation& row = simulations_[r];
      row.set(bits("load_i")[0], load ? ~uint64_t{0} : 0);
      for (int i = 0; i < 8; ++i) {
        row.set(bits("activation_i")[i], row.net(bits("activation_o")[i]) << 1 | (activations[r] >> i & 1));
        uint64_t plane = 0;
        for (size_t c = 0; c < weights.size(); ++c) plane |= uint64_t(weights[c] >> i & 1) << c;
        row.set(bits("weight_i")[i], r == 0 ? plane : simulations_[r - 1].net(bits("weight_o")[i]));
      }
      for (size_t i = 0; i < bits("psum_i").size(); ++i)
        row.set(bits("psum_i")[i], r == 0 ? 0 : simulations_[r - 1].net(bits("psum_o")[i]));
    }
    for (auto& row : simulations_) row.settle();
    count();
    for (auto& row : simulations_) row.clock();
  }

  void count() {
    const uint64_t mask = columns_ == 64 ? ~uint64_t{0} : (uint64_t{1} << columns_) - 1;
    for (int r = 0; r < rows_; ++r)
      for (NetId net = 0; net < pe_.net_count(); ++net) {
        toggles_[net] += __builtin_popcountll((simulations_[r].net(net) ^ previous_[r][net]) & mask);
        previous_[r][net] = simulations_[r].net(net);
      }
  }

  uint64_t toggles(NetId net) const { return toggles_[net]; }

 private:
  const std::vector<NetId>& bits(const char* port) const { return pe_.find_port(port)->bits; }

  const MappedNetlist& pe_;
  int rows_, columns_;
  std::vector<NetlistSimulation> simulations_;
  std::vector<std::vector<uint64_t>> previous_;
  std::vector<uint64_t> toggles_;
};

void check_toggles(int rows, int columns, const Netlist& multiplier) {
  const PeDesign design = map_pe(multiplier, rows, osu018());
  const MappedRow row = mapped_row(design.netlist, design.contract);
  const RowLibrary library(compile_row(row, default_cache_folder()).path);
  RtlArray array(library, design.contract, rows, columns);
  ReferenceArray reference(design.netlist, rows, columns);
  std::mt19937 random(7);
  for (int trial = 0; trial < 4; ++trial) {
    const int used = trial == 2 ? std::max(1, rows / 2) : rows, m = 3 + 9 * trial;
    FoldData data = random_fold(random, used, columns, m, trial == 1 ? 3 : 255);
    bind(data, used, columns, m);
    array.run(data.fold);
    const int first = rows - used;
    for (int64_t t = 0; t < array.clocks(m); ++t) {
      std::vector<uint8_t> weights(columns, 0), activations(rows, 0);
      for (int c = 0; t < used && c < columns; ++c) weights[c] = data.weights[(used - 1 - t) * columns + c];
      for (int r = first; r < rows; ++r) {
        const int64_t index = t - (rows - 1 + r);
        if (index >= 0 && index < m) activations[r] = data.activations[index * used + r - first];
      }
      reference.step(t < rows, weights, activations);
    }
    reference.count();
  }
  uint64_t total = 0;
  for (size_t i = 0; i < row.nets.size(); ++i) {
    ASSERT_EQ(array.activity().toggles[i], reference.toggles(row.nets[i])) << design.netlist.net_name(row.nets[i]);
    total += array.activity().toggles[i];
  }
  EXPECT_GT(total, 1000u);
}

TEST(RtlToggles, EveryNetEqualsNetlistSimulation) { check_toggles(8, 8, array_multiplier()); }
TEST(RtlToggles, OddShapeAndTruncated) { check_toggles(6, 5, array_multiplier(8, 6)); }
TEST(RtlToggles, FullWidth) { check_toggles(4, 64, array_multiplier()); }
TEST(RtlToggles, SignAndMagnitude) { check_toggles(6, 5, with_sign(find_multiplier("exact_dadda_7x8"))); }
TEST(RtlToggles, Signed) { check_toggles(6, 5, find_multiplier("signed_trunc4")); }

TEST(RtlEngine, ValuesOfGatedPesEqualTableGemm) {
  for (const Gating gating : {Gating::clock, Gating::zero})
    for (const WeightLoading load : {WeightLoading::exposed, WeightLoading::hidden}) {
      SCOPED_TRACE(int(gating) * 10 + int(load));
      check_values(5, 7, array_multiplier(8, 6), gating, load);
      check_values(19, 67, array_multiplier(), gating, load);
      check_values(6, 5, find_multiplier("signed_trunc9"), gating, load);
    }
}

/// One PE of a gated array, register by register.
struct GatedPe {
  uint32_t shifted = 0, weight = 0, activation = 0, product = 0, sum_in = 0;
  bool flag = false, swap = false, counts = false;
  uint32_t sum() const { return sum_in + (counts ? product : 0); }
};

/// A gated array clocked PE by PE, its clocks counted; the enables of its parts by their definition.
class NaiveGatedArray {
 public:
  NaiveGatedArray(int rows, int columns, bool hidden)
      : rows_(rows), columns_(columns), hidden_(hidden), pes_(size_t(rows * columns)) {}

  struct Ticks {
    uint64_t clock = 0, load = 0, activation = 0, product = 0, copy = 0;
  };

  /// The folds' inputs at this clock; returns the sums that leave below.
  std::vector<uint32_t> step(std::span<const PlacedFold> folds, int64_t t) {
    const std::vector<GatedPe> old = pes_;
    const auto at = [&](int r, int c) -> const GatedPe& { return old[size_t(r * columns_ + c)]; };
    for (int r = 0; r < rows_; ++r)
      for (int c = 0; c < columns_; ++c) {
        const GatedPe west = c > 0 ? at(r, c - 1) : edge(folds, r, t);
        const uint32_t weight = r > 0 ? at(r - 1, c).shifted : entering_weight(folds, c, t);
        clock(pes_[size_t(r * columns_ + c)], west, weight, r > 0 ? at(r - 1, c).sum() : 0, loads(folds, r, c, t),
              works(folds, r, c, t));
      }
    std::vector<uint32_t> sums;
    for (int c = 0; c < columns_; ++c) sums.push_back(pes_[size_t((rows_ - 1) * columns_ + c)].sum());
    return sums;
  }

  const Ticks& ticks() const { return ticks_; }

 private:
  void clock(GatedPe& pe, const GatedPe& west, uint32_t weight, uint32_t above, bool load, bool work) {
    const GatedPe old = pe;
    ticks_.load += load;
    if (load) pe.shifted = weight;
    if (!hidden_) pe.weight = pe.shifted;
    if (!work) return;
    ++ticks_.clock;
    pe.flag = west.flag;
    pe.swap = west.swap;
    pe.counts = old.flag;
    pe.sum_in = above;
    ticks_.activation += west.flag;
    if (west.flag) pe.activation = west.activation;
    ticks_.product += old.flag;
    if (old.flag) pe.product = old.weight * old.activation;
    ticks_.copy += west.swap;
    if (west.swap) pe.weight = old.shifted;
  }

  /// What enters a row from the west.
  GatedPe edge(std::span<const PlacedFold> folds, int row, int64_t t) const {
    GatedPe in;
    for (const PlacedFold& placed : folds) {
      const Fold& fold = *placed.fold;
      const int k = row - (rows_ - fold.rows);
      const int64_t v = t - placed.stream - row;
      if (k < 0 || v < -1 || v > fold.m) continue;
      if (v == -1) in.swap = hidden_;
      else if (v == fold.m) in.flag = true;
      else in.activation = fold.activations[size_t(v * fold.rows + k)], in.flag = in.activation != 0;
    }
    return in;
  }

  uint32_t entering_weight(std::span<const PlacedFold> folds, int c, int64_t t) const {
    for (const PlacedFold& placed : folds) {
      const int64_t row = rows_ - 1 - (t - placed.load - (hidden_ ? c : 0)), k = row - (rows_ - placed.fold->rows);
      if (c < placed.fold->columns && k >= 0 && row < rows_)
        return placed.fold->weights[size_t(k * placed.fold->columns + c)];
    }
    return 0;
  }

  bool loads(std::span<const PlacedFold> folds, int r, int c, int64_t t) const {
    return std::ranges::any_of(folds, [&](const PlacedFold& placed) {
      const int64_t first = placed.load + (hidden_ ? c : 0);
      return c < placed.fold->columns && t >= first + r / 8 * 8 && t < first + rows_;
    });
  }

  bool works(std::span<const PlacedFold> folds, int r, int c, int64_t t) const {
    const int top = r / 8 * 8, bottom = std::min(top + 7, rows_ - 1);
    return std::ranges::any_of(folds, [&](const PlacedFold& placed) {
      const int64_t first = placed.stream + top + c - (hidden_ ? 1 : 0),
                    last = placed.stream + bottom + c + placed.fold->m + 2;
      return c < placed.fold->columns && bottom >= rows_ - placed.fold->rows && t >= first && t <= last;
    });
  }

  int rows_, columns_;
  bool hidden_;
  std::vector<GatedPe> pes_;
  Ticks ticks_;
};

/// Folds one after the other, or with their weights loading in each other's streams: sums by the law of FoldTimer, and
/// every clock of every PE counted.
void check_gated(int rows, int columns, PeKind kind) {
  const bool hidden = kind == PeKind::hidden;
  const PeDesign design = map_pe(array_multiplier(), rows, osu018(), {.source = built_in_pe(kind)});
  const RowLibrary library(compile_row(mapped_row(design.netlist, design.contract), default_cache_folder()).path);
  RtlArray array(library, design.contract, rows, columns, true);
  array.reset();
  FoldTimer timer(
      {.rows = rows, .columns = columns, .held_port = 64, .stream_port = 64, .hidden = hidden, .block_rows = 8});
  std::mt19937 random(unsigned(rows * 100 + columns));
  std::vector<FoldData> data(14);
  std::vector<PlacedFold> folds;
  int64_t end = 0;
  for (size_t i = 0; i < data.size(); ++i) {
    const int sizes[] = {1, 2, std::max(1, rows - 1), rows, rows + 1, 13};
    const int m = sizes[i % 6], used = i % 3 ? 1 + int(random() % unsigned(rows)) : rows;
    const int wide = i % 4 ? 1 + int(random() % unsigned(columns)) : columns;
    data[i] = random_fold(random, used, wide, m, i % 2 ? 255 : 3);
    bind(data[i], used, wide, m);
    const FoldTime time = timer.add(0, used, wide, m);
    folds.push_back({&data[i].fold, time.start, time.stream - 1});
    end = folds.back().stream + rows + columns + m + 2;
  }
  array.run(folds, end);
  NaiveGatedArray naive(rows, columns, hidden);
  std::vector<std::vector<uint32_t>> sums;
  for (int64_t t = 0; t < end; ++t) sums.push_back(naive.step(folds, t));
  for (size_t i = 0; i < data.size(); ++i)
    for (int v = 0; v < data[i].fold.m; ++v)
      for (int c = 0; c < data[i].fold.columns; ++c) {
        const auto got = uint32_t(data[i].products[size_t(v * data[i].fold.columns + c)]);
        uint32_t expected = 0;
        for (int k = 0; k < data[i].fold.rows; ++k)
          expected += data[i].weights[size_t(k * data[i].fold.columns + c)] *
                      data[i].activations[size_t(v * data[i].fold.rows + k)];
        ASSERT_EQ(got, expected) << "fold " << i << " vector " << v << " column " << c;
        ASSERT_EQ(sums[size_t(folds[i].stream + rows + v + c)][size_t(c)], expected) << i;
      }
  const std::vector<uint64_t>& ticks = array.activity().ticks;
  for (size_t i = 0; i < design.contract.clocks.size(); ++i) {
    const PeClock& clock = design.contract.clocks[i];
    const NaiveGatedArray::Ticks& all = naive.ticks();
    EXPECT_EQ(ticks[i], clock.gate == PeClock::Gate::none   ? all.clock
                        : clock.gate == PeClock::Gate::load ? all.load
                        : clock.operand == Operand::swap    ? all.copy
                        : clock.enters                      ? all.activation
                                                            : all.product)
        << i;
  }
}

TEST(GatedRtl, ClocksAndSumsAreThoseOfEveryPe) {
  for (const auto& [rows, columns] : {std::pair{1, 1}, {7, 5}, {9, 3}, {17, 11}, {8, 66}}) {
    SCOPED_TRACE(rows);
    check_gated(rows, columns, PeKind::gated);
    check_gated(rows, columns, PeKind::hidden);
  }
}

}  // namespace
}  // namespace tram
