#include <gtest/gtest.h>

#include "models/multiplier/netlist.hpp"

namespace tram {
namespace {

/// Three inputs, each a variable (2, 3, 4) or a constant: every gate of the builder against arithmetic.
TEST(NetlistBuilder, EveryGateWithEveryMixOfConstantsAndVariables) {
  for (int mix = 0; mix < 27; ++mix) {
    NetlistBuilder builder("gates", 2, 2, false);  // a[0], a[1], b[0] are the variables
    const Net variables[3] = {builder.a(0), builder.a(1), builder.b(0)};
    Net in[3];
    for (int i = 0, rest = mix; i < 3; ++i, rest /= 3) in[i] = rest % 3 < 2 ? rest % 3 : variables[i];
    const auto [ha_sum, ha_carry] = builder.half_adder(in[0], in[1]);
    const auto [fa_sum, fa_carry] = builder.full_adder(in[0], in[1], in[2]);
    const TruthTable table = truth_table(builder.finish(
        {builder.not_(in[0]), builder.and_(in[0], in[1]), builder.or_(in[0], in[1]), builder.xor_(in[0], in[1]),
         builder.nand_(in[0], in[1]), builder.nor_(in[0], in[1]), builder.xnor_(in[0], in[1]), ha_sum, ha_carry, fa_sum,
         fa_carry}));
    for (int a = 0; a < 4; ++a)
      for (int b = 0; b < 2; ++b) {
        const int values[3] = {a & 1, a >> 1, b};
        int v[3];
        for (int i = 0, rest = mix; i < 3; ++i, rest /= 3) v[i] = rest % 3 < 2 ? rest % 3 : values[i];
        const int x = v[0], y = v[1], sum = x + y + v[2];
        const int expected[] = {!x, x & y, x | y, x ^ y, !(x & y), !(x | y), x == y, (x + y) & 1, (x + y) >> 1,
                                sum & 1, sum >> 1};
        for (int bit = 0; bit < 11; ++bit)
          ASSERT_EQ(table.at(a, b) >> bit & 1, expected[bit]) << "mix " << mix << " bit " << bit;
      }
  }
}

TEST(NetlistBuilder, ConstantsMakeGatesSmaller) {
  NetlistBuilder builder("small", 2, 2, false);
  const auto [sum, carry] = builder.full_adder(builder.a(0), net_zero, builder.b(0));
  const auto wire = builder.half_adder(builder.a(1), net_zero);
  EXPECT_EQ(wire.sum, builder.a(1));
  EXPECT_EQ(wire.carry, net_zero);
  const Netlist netlist = builder.finish({sum, carry, wire.sum});
  ASSERT_EQ(netlist.gates.size(), 1u);
  EXPECT_EQ(netlist.gates[0].kind, GateKind::half_adder);
}

TEST(NetlistBuilder, UnusedGatesAreRemoved) {
  NetlistBuilder builder("unused", 2, 2, false);
  builder.and_(builder.a(0), builder.b(1));
  const Net used = builder.and_(builder.a(1), builder.b(1));
  EXPECT_EQ(builder.finish({used}).gates.size(), 1u);
}

}  // namespace
}  // namespace tram
