#include "models/multiplier/gate_kinds.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tram {
namespace {

struct Case {
  GateKind kind;
  size_t output;
  const char *verilog, *blif;
};

const Case by_hand[] = {
    {GateKind::inverter, 0, "~x", "0 1\n"},
    {GateKind::and2, 0, "x & y", "11 1\n"},
    {GateKind::or2, 0, "x | y", "1- 1\n-1 1\n"},
    {GateKind::xor2, 0, "x ^ y", "10 1\n01 1\n"},
    {GateKind::nand2, 0, "~(x & y)", "0- 1\n-0 1\n"},
    {GateKind::nor2, 0, "~(x | y)", "00 1\n"},
    {GateKind::xnor2, 0, "~(x ^ y)", "00 1\n11 1\n"},
    {GateKind::half_adder, 0, "x ^ y", "10 1\n01 1\n"},
    {GateKind::half_adder, 1, "x & y", "11 1\n"},
    {GateKind::full_adder, 0, "x ^ y ^ z", "100 1\n010 1\n001 1\n111 1\n"},
    {GateKind::full_adder, 1, "(x & y) | (z & (x | y))", "11- 1\n1-1 1\n-11 1\n"},
};

TEST(GateKinds, VerilogAndBlifByHand) {
  for (const Case& c : by_hand) {
    std::vector<std::string> operands{"x", "y", "z"};
    operands.resize(static_cast<size_t>(input_count(c.kind)));
    const GateOutput& output = gate_info(c.kind).outputs[c.output];
    EXPECT_EQ(verilog_expression(output, operands), c.verilog) << gate_name(c.kind);
    EXPECT_EQ(blif_cover(output, input_count(c.kind)), c.blif) << gate_name(c.kind);
  }
}

TEST(GateKinds, AGateIsCopiedAsItIs) {
  for (const Case& c : by_hand) {
    NetlistBuilder builder("one_gate", 2, 1, false);
    const std::array<Net, 3> inputs{builder.a(0), builder.a(1), builder.b(0)};
    const std::array<Net, 2> outputs = add_gate(builder, c.kind, inputs);
    std::vector<Net> product{outputs[0]};
    if (output_count(c.kind) == 2) product.push_back(outputs[1]);
    const Netlist netlist = builder.finish(product);
    ASSERT_EQ(netlist.gates.size(), 1U) << gate_name(c.kind);
    EXPECT_EQ(netlist.gates[0].kind, c.kind);
    for (size_t i = 0; i < static_cast<size_t>(input_count(c.kind)); ++i)
      EXPECT_EQ(netlist.gates[0].inputs[i], inputs[i]);
  }
}

/// All cases of three inputs: bit k of the table is case k, x its bit 0 (netlist simulation through truth_table()).
TEST(GateKinds, TruthTablesByHand) {
  const std::pair<GateKind, std::vector<uint32_t>> tables[] = {{GateKind::inverter, {0x55}},
                                                               {GateKind::and2, {0x88}},
                                                               {GateKind::or2, {0xee}},
                                                               {GateKind::xor2, {0x66}},
                                                               {GateKind::nand2, {0x77}},
                                                               {GateKind::nor2, {0x11}},
                                                               {GateKind::xnor2, {0x99}},
                                                               {GateKind::half_adder, {0x66, 0x88}},
                                                               {GateKind::full_adder, {0x96, 0xe8}}};
  for (const auto& [kind, expected] : tables) {
    NetlistBuilder builder("one_gate", 1, 2, false);  // operands of pair k: b is k's low two bits, a the third
    const std::array<Net, 2> outputs = add_gate(builder, kind, {builder.b(0), builder.b(1), builder.a(0)});
    const TruthTable table = truth_table(builder.finish({outputs.begin(), outputs.begin() + output_count(kind)}));
    for (size_t o = 0; o < expected.size(); ++o)
      for (size_t k = 0; k < 8; ++k)
        EXPECT_EQ(table.values[k] >> o & 1, static_cast<int32_t>(expected[o] >> k & 1)) << gate_name(kind) << k;
  }
}

}  // namespace
}  // namespace tram
