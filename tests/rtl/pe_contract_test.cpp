// What a PE's ports say of themselves in SystemVerilog, read from its mapped netlist.
#include "rtl/pe_contract.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/support/error.hpp"
#include "rtl/pe_design.hpp"

namespace tram {
namespace {

constexpr char osu018[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// A PE of one-bit operands with these attributes on its ports.
struct Attributes {
  std::string clock = "clock", load = "load", weight = "weight held south", activation = "activation streams east",
              sum = "sum streams south", weight_out = "weight", activation_out = "activation", sum_out = "sum";
  int sum_out_bits = 1;
};

MappedNetlist pe_with(const Attributes& a) {
  const auto port = [](const std::string& attribute, const std::string& declaration) {
    return (attribute.empty() ? "" : "(* tram = \"" + attribute + "\" *) ") + declaration;
  };
  const std::string text =
      "module pe(" + port(a.clock, "input c, ") + port(a.load, "input l, ") + port(a.weight, "input w, ") +
      port(a.activation, "input x, ") + port(a.sum, "input s, ") + port(a.weight_out, "output reg wo, ") +
      port(a.activation_out, "output reg xo, ") +
      port(a.sum_out, fmt::format("output reg [{}:0] so", a.sum_out_bits - 1)) +
      ");\n  always @(posedge c) begin if (l) wo <= w; xo <= x; so <= s ^ (wo & xo); end\nendmodule\n";
  MappingOptions options;
  options.top = "pe";
  options.use_cache = false;
  return map_to_library({{"pe.v", text}}, read_liberty(osu018), options);
}

TEST(PeContract, OfTheWeightStationaryPe) {
  const PeDesign pe = map_pe(array_multiplier(8, 0), 64, read_liberty(osu018));
  const auto expect = [&](Operand which, Motion motion, Direction direction, int bits) {
    const OperandPorts& operand = pe.contract[which];
    EXPECT_EQ(operand.operand, which);
    EXPECT_EQ(operand.motion, motion) << to_string(which);
    EXPECT_EQ(operand.direction, direction) << to_string(which);
    EXPECT_EQ(operand.bits(), bits) << to_string(which);
    EXPECT_EQ(operand.input.bits, pe.netlist.find_port(operand.input.name)->bits);
    EXPECT_EQ(operand.output.bits, pe.netlist.find_port(operand.output.name)->bits);
  };
  expect(Operand::weight, Motion::held, Direction::south, 8);
  expect(Operand::activation, Motion::streams, Direction::east, 8);
  expect(Operand::sum, Motion::streams, Direction::south, 22);
  EXPECT_EQ(pe.contract.clock, pe.netlist.find_port("clk_i")->bits.at(0));
  EXPECT_EQ(pe.contract.load, pe.netlist.find_port("load_i")->bits.at(0));
}

/// Clocks of the gated PEs: the clock first, what gates the others, and the weight at work.
TEST(PeContract, OfGatedPes) {
  const auto library = read_liberty(osu018);
  const PeDesign gated = map_pe(array_multiplier(), 8, library, {.source = built_in_pe(PeKind::gated)});
  ASSERT_EQ(gated.contract.clocks.size(), 4U);
  EXPECT_TRUE(gated.contract.is_gated());
  EXPECT_EQ(gated.contract.load, no_net);
  EXPECT_EQ(gated.contract.clocks[0].net, gated.contract.clock);
  const auto clock_of = [&](const char* port) {
    return *std::ranges::find(gated.contract.clocks, gated.netlist.find_port(port)->bits[0], &PeClock::net);
  };
  EXPECT_EQ(clock_of("load_clk_i").gate, PeClock::Gate::load);
  for (const auto& [port, enters] : {std::pair{"activation_clk_i", true}, {"product_clk_i", false}}) {
    const PeClock clock = clock_of(port);
    EXPECT_EQ(clock.gate, PeClock::Gate::operand);
    EXPECT_EQ(clock.operand, Operand::flag);
    EXPECT_EQ(clock.enters, enters);
  }
  EXPECT_TRUE(gated.contract.has(Operand::flag));
  EXPECT_FALSE(gated.contract.has(Operand::swap));
  EXPECT_EQ(gated.contract.first_plane(Operand::flag), 8U);
  EXPECT_EQ(gated.contract.weight_factor(), gated.contract.outputs({Operand::weight}));

  const PeDesign hidden = map_pe(array_multiplier(), 8, library, {.source = built_in_pe(PeKind::hidden)});
  EXPECT_EQ(hidden.contract.clocks.size(), 5U);
  EXPECT_EQ(hidden.contract.first_plane(Operand::swap), 9U);
  EXPECT_EQ(hidden.contract.weight_factor(), hidden.netlist.find_port("factor_o")->bits);
}

TEST(PeContract, OtherNamesAndDirectionsAreReadLikewise) {
  const MappedNetlist netlist =
      pe_with({.weight = "weight streams south", .activation = "activation held east", .sum = "sum accumulates south"});
  const PeContract pe = pe_contract(netlist);
  EXPECT_EQ(pe[Operand::weight].motion, Motion::streams);
  EXPECT_EQ(pe[Operand::activation].motion, Motion::held);
  EXPECT_EQ(pe[Operand::activation].direction, Direction::east);
  EXPECT_EQ(pe[Operand::sum].motion, Motion::accumulates);
  EXPECT_EQ(pe[Operand::sum].output.name, "so");
}

struct Fault {
  Attributes attributes;
  std::string message;
};

class PeContractFaults : public testing::TestWithParam<Fault> {};

TEST_P(PeContractFaults, AreNamed) {
  const MappedNetlist netlist = pe_with(GetParam().attributes);
  try {
    pe_contract(netlist);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().message), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, PeContractFaults,
    testing::Values(Fault{{.clock = ""}, "PE pe: port 'c' has the attribute tram = \"\"; clock, load, clock load"},
                    Fault{{.load = "clock flag enters", .weight = "weight streams south"},
                          "clock 'l' is enabled by the flag, which no port has"},
                    Fault{{.load = "clock flag stays"}, "port 'l' has the attribute tram = \"clock flag stays\""},
                    Fault{{.load = "clock weight enters"}, "port 'l' has the attribute tram = \"clock weight"},
                    Fault{{.activation = "activation flows east"},
                          "port 'x' has the attribute tram = \"activation flows"},
                    Fault{{.activation = "weight streams east"}, "ports 'w' and 'x' both have the attribute"},
                    Fault{{.load = "clock"}, "both have the attribute tram = \"clock\""},
                    Fault{{.sum_out = "sum south"}, "port 'so' has the attribute tram = \"sum south\""},
                    Fault{{.sum_out_bits = 2}, "the sum enters at 1 bits and leaves at 2; the same width"}));

}  // namespace
}  // namespace tram
