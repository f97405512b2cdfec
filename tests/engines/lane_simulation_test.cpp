// Bit-parallel code of a mapped PE against NetlistSimulation, net by net; bit planes against shifts.
#include "models/cells/netlist/lane_simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "models/multiplier/array_multiplier.hpp"
#include "rtl/pe_design.hpp"
#include "sim/engines/lane_planes.hpp"
#include "sim/engines/pe_nets.hpp"
#include "tests/cells/netlist_simulation.hpp"

namespace tram {
namespace {

const PeDesign& design() {
  static const PeDesign pe =
      map_pe(array_multiplier(8, 2), 8, read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib"));
  return pe;
}

std::vector<NetId> inputs_of(const MappedNetlist& pe) {
  std::vector<NetId> nets;
  for (const MappedPort& port : pe.ports())
    if (port.is_input && port.name != "clk_i") nets.insert(nets.end(), port.bits.begin(), port.bits.end());
  return nets;
}

/// A gated register of the PE: in each lane the next state of the last lane before that ticks.
TEST(LaneSimulation, GatedFlipFlopsHoldTheirState) {
  const MappedNetlist& pe = design().netlist;
  const uint32_t flop = pe.flip_flops().front();
  const MappedCell& cell = pe.cells()[flop];
  LaneSelection selection;
  selection.given = inputs_of(pe);
  selection.given_states.assign(pe.flip_flops().begin() + 1, pe.flip_flops().end());
  selection.targets = {cell.pins[size_t(cell.type->output_pins[0])]};
  selection.gated = {flop};
  LaneSelection once = selection;  // the next state alone
  once.gated = {};
  once.transparent = {flop};
  LaneSimulation held(pe, selection), next(pe, once);
  std::mt19937_64 random(9);
  for (LaneSimulation* lanes : {&held, &next}) lanes->resize(4);
  for (size_t i = 0; i < selection.given.size(); ++i)
    for (size_t w = 0; w < 4; ++w) held.given(i)[w] = next.given(i)[w] = random();
  for (size_t i = 0; i < selection.given_states.size(); ++i)
    for (size_t w = 0; w < 4; ++w) held.given_state(i)[w] = next.given_state(i)[w] = random();
  const std::vector<uint64_t> first{1, 0, 2, 0};
  std::vector<uint64_t> ticks(4);
  for (uint64_t& word : ticks) word = random() & random();
  next.run();
  held.run(first, ticks);
  uint64_t state = 0;
  for (size_t lane = 0; lane < 256; ++lane) {
    const auto bit = [&](std::span<const uint64_t> words) { return words[lane / 64] >> lane % 64 & 1; };
    if (bit(first)) state = bit(next.target(0));
    ASSERT_EQ(bit(held.target(0)), state) << lane;
    if (bit(ticks)) state = bit(next.target(0));
  }
}

TEST(LaneSimulation, CombinationalNetsEqualNetlistSimulation) {
  const MappedNetlist& pe = design().netlist;
  LaneSelection selection;
  selection.given = inputs_of(pe);
  selection.given_states = pe.flip_flops();
  for (NetId net = constant_one + 1; net < pe.net_count(); ++net)
    if (pe.driver(net).cell != no_cell) selection.targets.push_back(net);
  LaneSimulation lanes(pe, selection);
  lanes.resize(1);
  std::mt19937_64 random(1);
  NetlistSimulation simulation(pe);
  for (int clock = 0; clock < 20; ++clock) {
    for (size_t i = 0; i < selection.given.size(); ++i) {
      lanes.given(i)[0] = random();
      simulation.set(selection.given[i], lanes.given(i)[0]);
    }
    simulation.settle();
    // States as the simulation has them: the library's flip-flops show theirs on Q.
    for (size_t i = 0; i < pe.flip_flops().size(); ++i) {
      const MappedCell& cell = pe.cells()[pe.flip_flops()[i]];
      lanes.given_state(i)[0] = simulation.net(cell.pins[size_t(cell.type->output_pins.front())]);
    }
    lanes.run();
    for (size_t i = 0; i < selection.targets.size(); ++i)
      ASSERT_EQ(lanes.target(i)[0], simulation.net(selection.targets[i])) << pe.net_name(selection.targets[i]);
    simulation.clock();
  }
}

TEST(LaneSimulation, LanesAreConsecutiveClocksOfFlipFlops) {
  const MappedNetlist& pe = design().netlist;
  const PeNets nets = pe_nets(design(), truth_table(array_multiplier(8, 2)));
  LaneSelection selection;
  selection.given = nets.leaving;
  const auto& psum = pe.find_port("psum_i")->bits;
  selection.given.insert(selection.given.end(), psum.begin(), psum.end());
  selection.targets = nets.sum;
  LaneSimulation lanes(pe, selection);
  lanes.resize(2);
  constexpr int clocks = 100;
  std::mt19937_64 random(2);
  std::vector<std::array<uint64_t, 2>> bits(selection.given.size());
  for (size_t i = 0; i < bits.size(); ++i) {
    bits[i] = {random(), random()};
    std::ranges::copy(bits[i], lanes.given(i).begin());
  }
  std::vector<uint64_t> first(lanes.words(), 0);
  first[0] = 1;
  lanes.run(first);

  // One lane of the simulation, clock by clock; the multiplier's operands stay, its product nets are overridden by
  // simulating the registers alone: their next state is what is given.
  for (int t = 1; t < clocks; ++t)
    for (size_t i = 0; i < psum.size(); ++i) {
      const NetId q = [&] {  // the register that takes psum_i[i]
        for (const PinReference& pin : pe.fanout(psum[i])) {
          const MappedCell& cell = pe.cells()[pin.cell];
          if (cell.type->flip_flop) return cell.pins[size_t(cell.type->output_pins.front())];
        }
        return no_net;
      }();
      const auto found = std::ranges::find(nets.sum, q);
      ASSERT_NE(found, nets.sum.end());
      const auto values = lanes.target(size_t(found - nets.sum.begin()));
      const auto& given = bits[nets.leaving.size() + i];
      ASSERT_EQ(values[size_t(t) / 64] >> t % 64 & 1, given[size_t(t - 1) / 64] >> (t - 1) % 64 & 1);
    }
}

TEST(LaneSimulation, AdderSumsItsRegisters) {
  const MappedNetlist& pe = design().netlist;
  const PeNets nets = pe_nets(design(), truth_table(array_multiplier(8, 2)));
  LaneSelection selection;
  selection.given = nets.leaving;
  const auto& psum = pe.find_port("psum_i")->bits;
  selection.given.insert(selection.given.end(), psum.begin(), psum.end());
  selection.targets = pe.find_port("psum_o")->bits;
  LaneSimulation lanes(pe, selection);
  lanes.resize(1);
  std::mt19937_64 random(3);
  for (size_t i = 0; i < selection.given.size(); ++i) lanes.given(i)[0] = random();
  const std::vector<uint64_t> first(lanes.words(), 1);
  lanes.run(first);
  const auto value = [&](int lane, bool product) {
    uint64_t sum = 0;
    for (size_t i = 0; i < selection.given.size(); ++i) {
      const uint64_t bit = lanes.given(i)[0] >> lane & 1;
      if (product && i < nets.leaving.size()) sum |= bit << (nets.product_bit[i] - design().product_lsb);
      if (!product && i >= nets.leaving.size()) sum |= bit << (i - nets.leaving.size());
    }
    return sum;
  };
  for (int lane = 1; lane < 64; ++lane) {
    const uint64_t mask = (uint64_t{1} << psum.size()) - 1;
    uint64_t sum = 0;
    for (size_t i = 0; i < psum.size(); ++i) sum |= (lanes.target(i)[0] >> lane & 1) << i;
    ASSERT_EQ(sum, (value(lane - 1, true) + value(lane - 1, false)) & mask);
  }
}

TEST(CountToggles, CountsChangesInsideTheMask) {
  const std::vector<uint64_t> values = {0b0110, uint64_t{1}}, mask = {~uint64_t{0}, 0};
  EXPECT_EQ(count_toggles(values, mask), 3U);  // 0 -> 1, 1 -> 0, and lane 63 -> 64
  EXPECT_EQ(count_toggles(values, std::vector<uint64_t>{1, 0}), 1U);
}

TEST(BitPlanes, EqualShifts) {
  std::mt19937 random(4);
  for (const size_t count : {1UL, 31UL, 32UL, 63UL, 64UL, 65UL, 200UL}) {
    std::vector<uint32_t> values(count);
    for (uint32_t& value : values) value = static_cast<uint32_t>(random());
    for (const size_t bits : {1UL, 8UL, 16UL, 22UL, 32UL}) {
      const size_t words = (count + 63) / 64;
      std::vector<uint64_t> planes(bits * words, ~uint64_t{0});
      std::vector<uint64_t*> pointers;
      for (size_t b = 0; b < bits; ++b) pointers.push_back(planes.data() + b * words);
      to_bit_planes(values, bits, pointers.data());
      for (size_t b = 0; b < bits; ++b)
        for (size_t lane = 0; lane < words * 64; ++lane) {
          const uint64_t expected = lane < count ? values[lane] >> b & 1 : 0;
          ASSERT_EQ(planes[b * words + lane / 64] >> lane % 64 & 1, expected) << count << ' ' << bits << ' ' << lane;
        }
    }
  }
}

}  // namespace
}  // namespace tram
