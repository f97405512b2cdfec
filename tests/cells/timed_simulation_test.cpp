#include "models/cells/timing/timed_simulation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "models/cells/netlist/settled_activity.hpp"
#include "models/support/error.hpp"
#include "tests/cells/test_library.hpp"
#include "tests/cells/timed_simulation_naive.hpp"

namespace tram {
namespace {

// y = NAND(a, inverse of a): settled at 1, a pulse to 0 at each rise of a, if the output lets it through.
struct Pulse {
  MappedNetlistBuilder b;
  NetId a = b.input("a"), n = b.net("n"), y = b.net("y");

  Activity simulate(PathDelay inverter, PathDelay nand_a, PathDelay nand_n, bool loses_ties = false) {
    b.cell("INV", "u1", {a, n});
    b.cell("NAND2", "u2", {a, n, y});
    b.output("y", y);
    const MappedNetlist netlist = b.build();
    NetlistDelays delays = library_delays(netlist, static_timing(netlist), 1e-12);
    delays.outputs[0].paths = {inverter};
    delays.outputs[1].paths = {nand_a, nand_n};
    delays.outputs[1].loses_ties = loses_ties;
    const std::vector<uint64_t> vectors{0, 1, 0};
    const std::vector<NetId> inputs{a};
    const Activity activity = simulate_timed(netlist, delays, inputs, vectors, 1e-9);
    const Activity naive = simulate_timed_naive(netlist, delays, inputs, vectors, 1e-9);
    EXPECT_EQ(activity.toggles, naive.toggles);
    EXPECT_EQ(activity.duty, naive.duty);
    return activity;
  }
};

TEST(TimedSimulation, PulseLongerThanTheDelayPasses) {
  Pulse pulse;
  const Activity activity = pulse.simulate({50, 40}, {30, 30}, {30, 30});
  EXPECT_EQ(activity.toggles[pulse.y], 2);  // falls at 30, rises at 40 + 30
  EXPECT_EQ(activity.toggles[pulse.n], 2);
  EXPECT_EQ(activity.toggles[pulse.a], 2);
  EXPECT_DOUBLE_EQ(activity.duty[pulse.y], (2000 - 40) / 2000.0);
  EXPECT_DOUBLE_EQ(activity.duty[pulse.n], (40 + 1000 - 50) / 2000.0);
  EXPECT_DOUBLE_EQ(activity.duty[pulse.a], 0.5);
}

TEST(TimedSimulation, ShorterPulseIsLost) {
  Pulse pulse;
  EXPECT_EQ(pulse.simulate({50, 20}, {30, 30}, {30, 30}).toggles[pulse.y], 0);
}

TEST(TimedSimulation, PulseAsLongAsTheDelay) {
  Pulse kept, lost;
  EXPECT_EQ(kept.simulate({50, 30}, {30, 30}, {30, 30}).toggles[kept.y], 2);
  EXPECT_EQ(lost.simulate({50, 30}, {30, 30}, {30, 30}, true).toggles[lost.y], 0);
}

TEST(TimedSimulation, DelayIsThatOfTheEdgeAndOfTheInputThatChanged) {
  Pulse pulse;  // y falls by a at 35, rises by n at 60 + 7
  const Activity activity = pulse.simulate({90, 60}, {100, 35}, {7, 100});
  EXPECT_EQ(activity.toggles[pulse.y], 2);
  EXPECT_DOUBLE_EQ(activity.duty[pulse.y], (2000 - (67 - 35)) / 2000.0);
}

TEST(TimedSimulation, LeastDelayOfInputsThatChangeAtOnce) {
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), c = b.input("c"), y = b.net("y");
  b.cell("NAND2", "u", {a, c, y});
  b.output("y", y);
  const MappedNetlist netlist = b.build();
  NetlistDelays delays = library_delays(netlist, static_timing(netlist), 1e-12);
  delays.outputs[0].paths = {{10, 20}, {30, 5}};
  const std::vector<uint64_t> vectors{0, 3};
  const std::vector<NetId> inputs{a, c};
  const Activity activity = simulate_timed(netlist, delays, inputs, vectors, 100e-12);
  EXPECT_EQ(activity.toggles[y], 1);
  EXPECT_DOUBLE_EQ(activity.duty[y], 0.05);
}

TEST(TimedSimulation, DelaysAreThoseOfStaticTiming) {
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), n = b.net("n"), y = b.net("y");
  b.cell("INV", "u1", {a, n});
  b.cell("NAND2", "u2", {a, n, y});
  b.output("y", y);
  const MappedNetlist netlist = b.build();
  const NetlistDelays delays = library_delays(netlist, static_timing(netlist), 1e-12);
  ASSERT_EQ(delays.outputs.size(), 2u);
  EXPECT_EQ(delays.outputs[0].paths[0].rise, 100 + 90);  // slew 0, load of pin B: 0.03 pF
  EXPECT_EQ(delays.outputs[0].paths[0].fall, 200 + 60);
  EXPECT_EQ(delays.outputs[1].paths[0].rise, 100);
  EXPECT_EQ(delays.outputs[1].paths[1].rise, 100 + 70);  // slew of n: 0.05 + 10 x 0.03 ns
  EXPECT_EQ(delays.outputs[1].paths[1].fall, 200 + 70);
}

TEST(TimedSimulation, RefusesWhatItCannotSimulate) {
  MappedNetlistBuilder b;
  const NetId clock = b.input("clk"), d = b.input("d"), q = b.net("q");
  b.cell("DFF", "r", {clock, d, q});
  b.output("q", q);
  const MappedNetlist sequential = b.build();
  EXPECT_THROW(library_delays(sequential, static_timing(sequential)), InputError);

  MappedNetlistBuilder c;
  const NetId a = c.input("a"), y = c.net("y");
  c.cell("INV", "u", {a, y});
  c.output("y", y);
  const MappedNetlist netlist = c.build();
  const NetlistDelays delays = library_delays(netlist, static_timing(netlist));
  const std::vector<uint64_t> vectors{0, 1};
  const std::vector<NetId> inputs{a};
  EXPECT_THROW(simulate_timed(netlist, delays, inputs, vectors, 50e-12), InputError);  // settles after 0.2 ns
  EXPECT_THROW(simulate_timed_naive(netlist, delays, inputs, vectors, 50e-12), InputError);
  EXPECT_NO_THROW(simulate_timed(netlist, delays, inputs, vectors, 200e-12));
}

// Any netlist of inverters and NANDs with any delays: the waveforms equal the event queue, and end where the
// zero-delay simulation does.
TEST(TimedSimulation, RandomNetlistsEqualTheEventQueue) {
  std::mt19937_64 random(7);
  for (int trial = 0; trial < 300; ++trial) {
    MappedNetlistBuilder b;
    std::vector<NetId> inputs, nets{constant_zero, constant_one};
    for (int i = 0; i < 5; ++i) inputs.push_back(b.input("i" + std::to_string(i)));
    nets.insert(nets.end(), inputs.begin(), inputs.end());
    const size_t cells = 5 + random() % 40;
    for (size_t i = 0; i < cells; ++i) {
      const NetId y = b.net("y" + std::to_string(i)), first = nets[random() % nets.size()];
      const NetId second = nets[random() % nets.size()];
      if (random() % 4 == 0) b.cell("INV", "u" + std::to_string(i), {first, y});
      else b.cell("NAND2", "u" + std::to_string(i), {first, second, y});
      nets.push_back(y);
    }
    b.output("y", nets.back());
    const MappedNetlist netlist = b.build();
    NetlistDelays delays = library_delays(netlist, static_timing(netlist), 1e-12);
    const uint64_t largest = trial % 3 == 0 ? 3 : 100;  // small delays make ties
    for (OutputDelays& output : delays.outputs) {
      for (PathDelay& path : output.paths) {
        path = {1 + static_cast<int32_t>(random() % largest), 1 + static_cast<int32_t>(random() % largest)};
      }
      output.loses_ties = random() % 2 == 0;
    }
    std::vector<uint64_t> vectors(2 + random() % 200);
    for (uint64_t& vector : vectors) vector = random();
    const Activity fast = simulate_timed(netlist, delays, inputs, vectors, 10e-9);
    const Activity naive = simulate_timed_naive(netlist, delays, inputs, vectors, 10e-9);
    ASSERT_EQ(fast.toggles, naive.toggles) << trial;
    ASSERT_EQ(fast.duty, naive.duty) << trial;
    const Activity settled = simulate_vectors(netlist, inputs, vectors, 10e-9);
    for (size_t net = 0; net < nets.size(); ++net) {
      ASSERT_GE(fast.toggles[net], settled.toggles[net]);
      ASSERT_EQ(std::fmod(fast.toggles[net] - settled.toggles[net], 2), 0) << "a glitch is two toggles";
    }
  }
}

}  // namespace
}  // namespace tram
