#include <gtest/gtest.h>

#include <random>

#include "networks.hpp"
#include "reference_engine.hpp"
#include "sim/machine/machine.hpp"
#include "sim/mapping/command.hpp"
#include "sim/observers/vcd.hpp"
#include "vcd_reader.hpp"

namespace tram::test {
namespace {

/// Cycles in which a signal changes, with its new value.
using Changes = std::vector<std::pair<uint64_t, int64_t>>;

/// A machine of one GEMM with memory that takes no time, and what it records.
struct TestBench {
  TestBench(int m, int k, int n, Scenario scenario)
      : random(1), network(single_gemm(m, k, n, random)), engine(exact_table()),
        recorder(0, 1000000, scenario.array.clock_hz) {
    Machine machine(scenario, network, engine, &recorder);
    run = machine.run(random_codes(static_cast<size_t>(m * k), random));
    vcd = read_vcd(recorder.text());
  }

  /// A period of the clock of 100 MHz is one unit of the file's timescale.
  Changes changes(const std::string& signal) const {
    Changes list;
    for (const auto& [time, digits] : vcd.signals.at(signal).changes)
      if (digits != "x") list.emplace_back(time, std::stoll(digits, nullptr, 2));
    return list;
  }

  std::mt19937 random;
  IntegerNetwork network;
  ReferenceEngine engine;
  VcdRecorder recorder;
  ImageRun run;
  Vcd vcd;
};

Scenario scenario_with(int rows, int columns) {
  Scenario scenario;
  scenario.array.rows = rows;
  scenario.array.columns = columns;
  scenario.mapping.tensors = TensorPlaces::dram;
  scenario.dram.simple = true;
  scenario.dram.latency_s = 0;
  scenario.dram.bandwidth = std::numeric_limits<double>::infinity();
  return scenario;
}

TEST(Timing, OneFoldStepByStep) {
  // 5 vectors, 8 taps, 4 channels on 8 x 4 PEs. A command is 112 B: 2 + ceil(112 / 16) = 9 cycles on the bus, and the
  // host takes 91 before each, so that commands arrive in cycles 100, 200, ... at idle units.
  static_assert(sizeof(Command) == 112);
  Scenario scenario = scenario_with(8, 4);
  scenario.host.issue_cycles = 91;
  const TestBench bench(5, 8, 4, scenario);

  // Parameters 64 B, weights 32 B, activations 40 B: 8 setup, 2 + ceil(bytes / 16) on the bus, no time in DRAM, and
  // 1 + 1 to write the scratchpad.
  EXPECT_EQ(
      bench.changes("machine.dma_in.busy"),
      (Changes{
          {0, 0}, {100, 1}, {100 + 8 + 6 + 2, 0}, {200, 1}, {200 + 8 + 4 + 2, 0}, {300, 1}, {300 + 8 + 5 + 2, 0}}));
  // Operands are there a cycle after the command; load 8, stream 5, drain 8 + 4 - 2.
  EXPECT_EQ(bench.changes("machine.array.state"), (Changes{{0, 0}, {401, 1}, {409, 2}, {414, 3}, {424, 0}}));
  ASSERT_EQ(bench.engine.seen.size(), 1U);
  EXPECT_EQ(bench.engine.seen[0].start_cycle, 401U);
  EXPECT_EQ(bench.run.result.layers[0].fold_cycles, 2 * 8 + 4 + 5 - 2);
  // Parameters 1 + 1; then ceil(100 / 64) to read sums and, as they lie in the same bank, after that ceil(80 / 64) to
  // write the accumulators, + 1; latency 4. Computing takes 20 / 16 meanwhile.
  EXPECT_EQ(bench.changes("machine.vector.busy"), (Changes{{0, 0}, {500, 1}, {500 + 2 + 4 + 1 + 4, 0}}));
  // 8 setup, 1 + 2 to read 80 B, 2 + 5 on the bus.
  EXPECT_EQ(bench.changes("machine.dma_out.busy"), (Changes{{0, 0}, {600, 1}, {600 + 8 + 3 + 7, 0}}));
  // The host reads 64 B and 16 B.
  EXPECT_EQ(bench.run.result.cycles, 618U + 6 + 3);
  EXPECT_EQ(bench.changes("machine.bus.initiator").front(), (std::pair<uint64_t, int64_t>{91, 0}));
  EXPECT_EQ(bench.changes("machine.bus.valid"),
            (Changes{{0, 0},   {91, 1},  {100, 0}, {108, 1}, {114, 0}, {191, 1}, {200, 0},
                     {208, 1}, {212, 0}, {291, 1}, {300, 0}, {308, 1}, {313, 0}, {391, 1},
                     {400, 0}, {491, 1}, {500, 0}, {591, 1}, {600, 0}, {611, 1}, {627, 0}}));
}

TEST(Timing, ResultsAreThreeCyclesBehindTheFold) {
  // With an eager host the requantisation waits for the array: it starts when the last sum is in the scratchpad.
  Scenario scenario = scenario_with(8, 4);
  const TestBench bench(50, 8, 4, scenario);
  const uint64_t fold_end = bench.engine.seen.at(0).start_cycle + 2 * 8 + 4 + 50 - 2;
  EXPECT_EQ(bench.changes("machine.array.state").back(), (std::pair<uint64_t, int64_t>{fold_end, 0}));
  EXPECT_EQ(bench.changes("machine.vector.busy").at(1), (std::pair<uint64_t, int64_t>{fold_end + 3, 1}));
}

TEST(Timing, FoldsFollowEachOtherWithoutAGap) {
  Scenario scenario = scenario_with(8, 4);
  const TestBench bench(100, 24, 8, scenario);
  const uint64_t fold = 2 * 8 + 4 + 100 - 2;
  ASSERT_EQ(bench.engine.seen.size(), 6U);
  for (size_t i = 1; i < 6; ++i)
    EXPECT_EQ(bench.engine.seen[i].start_cycle - bench.engine.seen[i - 1].start_cycle, fold) << i;
  EXPECT_EQ(bench.run.result.layers[0].fold_cycles, static_cast<double>(6 * fold));
}

/// Folds of 100 vectors on 8 x 4 PEs: 102 cycles each behind the first, whose load and drain stand alone.
TEST(Timing, FoldsWithHiddenLoadsOverlap) {
  Scenario scenario = scenario_with(8, 4);
  scenario.array.gating = Gating::zero;
  scenario.array.weight_load = WeightLoading::hidden;
  const TestBench bench(100, 24, 8, scenario);
  ASSERT_EQ(bench.engine.seen.size(), 6U);
  EXPECT_EQ(bench.run.result.layers[0].fold_cycles, (8 + 2) + 5 * 102 + 100 + (8 + 4 - 2));
  const Changes states = bench.changes("machine.array.state");
  const auto drains = std::ranges::count(states, 3, &Changes::value_type::second);
  EXPECT_EQ(drains, 6);
  EXPECT_EQ(std::ranges::count(states, 0, &Changes::value_type::second), 2);
}

double array_cycles_of_deit_gemm(int size) {
  Scenario scenario = scenario_with(size, size);
  scenario.outputs.bytes = 1 << 20;
  scenario.activations.port_bytes = scenario.weights.port_bytes = size;
  return TestBench(197, 192, 576, scenario).run.result.layers[0].fold_cycles;
}

TEST(Timing, ArrayCyclesOnThePlatformAreThoseOfScaleSim32) { EXPECT_EQ(array_cycles_of_deit_gemm(32), 31427 + 1); }

TEST(Timing, ArrayCyclesOnThePlatformAreThoseOfScaleSim128) { EXPECT_EQ(array_cycles_of_deit_gemm(128), 5789 + 1); }

}  // namespace
}  // namespace tram::test
