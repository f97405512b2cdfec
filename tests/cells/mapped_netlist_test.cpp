#include "models/cells/netlist/mapped_netlist.hpp"

#include <gtest/gtest.h>

#include "models/cells/netlist/settled_activity.hpp"
#include "models/support/error.hpp"
#include "tests/cells/netlist_simulation.hpp"
#include "tests/cells/test_library.hpp"

namespace tram {
namespace {

// q' = !(a & b), y = !q; the NAND in part "logic".
MappedNetlistBuilder small() {
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), other = b.input("b"), clock = b.input("clk");
  const NetId n = b.net("n"), q = b.net("q"), y = b.net("y");
  b.cell("INV", "u3", {q, y});
  b.cell("DFF", "u2", {clock, n, q});
  b.cell("NAND2", "logic.u1", {a, other, n}, "logic");
  b.output("y", y);
  return b;
}

std::string complaint(MappedNetlistBuilder& builder) {
  try {
    builder.build();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(MappedNetlist, QueriesAndOrder) {
  const MappedNetlist netlist = small().build();
  EXPECT_EQ(netlist.flip_flops(), std::vector<uint32_t>{1});
  EXPECT_EQ(netlist.combinational_order().size(), 2u);
  EXPECT_EQ(netlist.driver(5), (PinReference{2, 2}));
  EXPECT_EQ(netlist.driver(2).cell, no_cell);
  EXPECT_TRUE(netlist.is_input_port(2));
  ASSERT_EQ(netlist.fanout(6).size(), 1u);
  EXPECT_EQ(netlist.fanout(6)[0], (PinReference{0, 0}));
  EXPECT_EQ(netlist.clock_nets(), std::vector<NetId>{4});
  EXPECT_DOUBLE_EQ(netlist.area(), 9);
  EXPECT_DOUBLE_EQ(netlist.area("logic"), 2);
}

TEST(MappedNetlist, RefusesBrokenNetlists) {
  MappedNetlistBuilder open = small();
  open.cells[0].pins[0] = no_net;
  EXPECT_EQ(complaint(open), "test: input A of cell 'u3' is not connected");
  MappedNetlistBuilder twice = small();
  twice.cells[0].pins[1] = 5;
  EXPECT_EQ(complaint(twice), "test: net 'n' has two drivers; one is expected");
  MappedNetlistBuilder undriven = small();
  undriven.cells[0].pins[0] = undriven.net("ghost");
  EXPECT_EQ(complaint(undriven), "test: net 'ghost' is used but not driven");
  MappedNetlistBuilder loop = small();
  loop.cells[2].pins[0] = 7;
  loop.cells[0].pins[0] = 5;
  EXPECT_EQ(complaint(loop), "test: combinational loop through or before cell 'u3'");
}

TEST(MappedNetlist, SimulatesLanes) {
  const MappedNetlist netlist = small().build();
  NetlistSimulation simulation(netlist);
  simulation.set(2, 0b1100);
  simulation.set(3, 0b1010);
  simulation.settle();
  EXPECT_EQ(simulation.net(7) & 0xf, 0xfu);  // state 0, inverted
  simulation.clock();
  EXPECT_EQ(simulation.net(6) & 0xf, 0b0111u);
  EXPECT_EQ(simulation.port("y", 3), 1u);
  EXPECT_EQ(simulation.port("y", 0), 0u);
}

// Two levels; the inner module ties one output to 1 and passes an input through.
const char* const hierarchy = R"({"modules": {
  "top": {"attributes": {"top": "1"},
    "ports": {"a": {"direction": "input", "bits": [2, 3]}, "y": {"direction": "output", "bits": [4, 5, 6, "x"]}},
    "cells": {"m": {"type": "inner", "connections": {"p": [2, 3], "q": [4, 5, 6]}}},
    "netnames": {"a": {"hide_name": 0, "bits": [2, 3]}, "y": {"hide_name": 0, "bits": [4, 5, 6, "x"]}}},
  "inner": {"attributes": {},
    "ports": {"p": {"direction": "input", "bits": [2, 3]}, "q": {"direction": "output", "bits": [9, "1", 2]}},
    "cells": {"u": {"type": "NAND2", "connections": {"A": [2], "B": [3], "Y": [9]}}},
    "netnames": {"p": {"hide_name": 0, "bits": [2, 3]}, "q": {"hide_name": 0, "bits": [9, "1", 2]}}}}})";

TEST(NetlistFromJson, FlattensConstantsAndFeedThroughs) {
  const MappedNetlist netlist = netlist_from_json(hierarchy, "", test_library(), "test.json");
  ASSERT_EQ(netlist.cells().size(), 1u);
  EXPECT_EQ(netlist.cells()[0].name, "m.u");
  EXPECT_EQ(netlist.cells()[0].part, "m");
  const auto& y = netlist.find_port("y")->bits;
  const auto& a = netlist.find_port("a")->bits;
  EXPECT_EQ(y[0], netlist.cells()[0].pins[2]);
  EXPECT_EQ(y[1], constant_one);
  EXPECT_EQ(y[2], a[0]);
  EXPECT_EQ(y[3], constant_zero);
  EXPECT_EQ(netlist.net_count(), 5u);
  EXPECT_EQ(netlist.net_name(y[0]), "y[0]");
}

TEST(NetlistFromJson, RefusesWhatItCannotRead) {
  const auto library = test_library();
  EXPECT_THROW(netlist_from_json("{", "", library, "x"), InputError);
  EXPECT_THROW(netlist_from_json("{}", "", library, "x"), InputError);
  EXPECT_THROW(netlist_from_json(hierarchy, "other", library, "x"), InputError);
  std::string unknown = hierarchy;
  unknown.replace(unknown.find("NAND2"), 5, "NAND9");
  try {
    netlist_from_json(unknown, "", library, "x.v");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()), "x.v: cell 'm.u' is a NAND9, which library tiny does not have");
  }
  for (size_t length = 0; length + 1 < std::string(hierarchy).size(); length += 7) {
    EXPECT_THROW(netlist_from_json(std::string(hierarchy).substr(0, length), "", library, "x"), InputError);
  }
}

TEST(SimulateVectors, CountsTogglesAndDuty) {
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), other = b.input("b"), y = b.net("y");
  b.cell("NAND2", "u", {a, other, y});
  b.output("y", y);
  const MappedNetlist netlist = b.build();
  std::vector<uint64_t> vectors{0};
  for (int i = 0; i < 100; ++i) vectors.insert(vectors.end(), {1, 3, 2});  // a b: 10, 11, 01
  const Activity activity = simulate_vectors(netlist, std::vector<NetId>{a, other}, vectors, 2e-9);
  EXPECT_EQ(activity.cycles, 300);
  EXPECT_DOUBLE_EQ(activity.time, 600e-9);
  EXPECT_EQ(activity.toggles[a], 200);      // 0 -> 1, then 1 1 0 each
  EXPECT_EQ(activity.toggles[other], 199);  // 0 1 1, and back, but for the end
  EXPECT_EQ(activity.toggles[y], 200);
  EXPECT_DOUBLE_EQ(activity.duty[a], 2.0 / 3);
  EXPECT_DOUBLE_EQ(activity.duty[y], 2.0 / 3);
}

}  // namespace
}  // namespace tram
