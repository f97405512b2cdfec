#include <gtest/gtest.h>

#include <random>

#include "models/multiplier/netlist.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

TEST(WithSign, IsTheProductWithTheSignOfItsFirstOperand) {
  const TruthTable magnitude = exact_table(3, 4),
                   table = truth_table(with_sign(build_multiplier(exact_structure(3, 4))));
  ASSERT_EQ(table.a_bits, 4);
  ASSERT_TRUE(table.sign_magnitude);
  for (uint32_t a = 0; a < 8; ++a)
    for (uint32_t b = 0; b < 16; ++b) {
      EXPECT_EQ(table.at(a, b), magnitude.at(a, b));
      EXPECT_EQ(table.at(8 + a, b), -magnitude.at(a, b));
      EXPECT_EQ(table.product_bits(8 + a, b), 128U + a * b);
    }
}

/// Three inputs, each a variable (2, 3, 4) or a constant: every gate of the builder against arithmetic.
TEST(NetlistBuilder, EveryGateWithEveryMixOfConstantsAndVariables) {
  for (int mix = 0; mix < 27; ++mix) {
    NetlistBuilder builder("gates", 2, 2, false);  // a[0], a[1], b[0] are the variables
    const Net variables[3] = {builder.a(0), builder.a(1), builder.b(0)};
    Net in[3];
    for (int i = 0, rest = mix; i < 3; ++i, rest /= 3) in[i] = rest % 3 < 2 ? rest % 3 : variables[i];
    const auto [ha_sum, ha_carry] = builder.half_adder(in[0], in[1]);
    const auto [fa_sum, fa_carry] = builder.full_adder(in[0], in[1], in[2]);
    const TruthTable table =
        truth_table(builder.finish({builder.not_(in[0]), builder.and_(in[0], in[1]), builder.or_(in[0], in[1]),
                                    builder.xor_(in[0], in[1]), builder.nand_(in[0], in[1]), builder.nor_(in[0], in[1]),
                                    builder.xnor_(in[0], in[1]), ha_sum, ha_carry, fa_sum, fa_carry}));
    for (int a = 0; a < 4; ++a)
      for (int b = 0; b < 2; ++b) {
        const int values[3] = {a & 1, a >> 1, b};
        int v[3];
        for (int i = 0, rest = mix; i < 3; ++i, rest /= 3) v[i] = rest % 3 < 2 ? rest % 3 : values[i];
        const int x = v[0], y = v[1], sum = x + y + v[2];
        const int expected[] = {!x,     x & y,       x | y,        x ^ y,   !(x & y), !(x | y),
                                x == y, (x + y) & 1, (x + y) >> 1, sum & 1, sum >> 1};
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

/// An adder that only gives a sum or only a carry is XORs, an AND or a majority; same values, no adder cell.
TEST(NetlistBuilder, HalfUsedAddersBecomeGates) {
  for (const bool full : {false, true})
    for (const bool carry : {false, true}) {
      NetlistBuilder builder("half", 2, 2, false);
      const auto adder = full ? builder.full_adder(builder.a(0), builder.a(1), builder.b(0))
                              : builder.half_adder(builder.a(0), builder.a(1));
      const Netlist netlist = builder.finish({carry ? adder.carry : adder.sum});
      EXPECT_EQ(count_gates(netlist, GateKind::full_adder) + count_gates(netlist, GateKind::half_adder), 0);
      EXPECT_EQ(netlist.gates.size(), full ? (carry ? 4u : 2u) : 1u);
      const TruthTable table = truth_table(netlist);
      for (int a = 0; a < 4; ++a)
        for (int b = 0; b < 4; ++b) {
          const int sum = (a & 1) + (a >> 1) + (full ? b & 1 : 0);
          ASSERT_EQ(table.at(a, b), carry ? sum >> 1 : sum & 1);
        }
    }
}

/// One pair at a time, by the meaning of each gate.
int32_t naive_product(const Netlist& netlist, int a, int b) {
  std::vector<int> value(netlist.net_count, 0);
  value[net_one] = 1;
  for (size_t i = 0; i < netlist.a.size(); ++i) value[netlist.a[i]] = a >> i & 1;
  for (size_t i = 0; i < netlist.b.size(); ++i) value[netlist.b[i]] = b >> i & 1;
  for (const Gate& gate : netlist.gates) {
    int ones = 0;
    const int inputs = input_count(gate.kind);
    for (int i = 0; i < inputs; ++i) ones += value[gate.inputs[i]];
    int& out = value[gate.outputs[0]];
    switch (gate.kind) {
      case GateKind::inverter: out = ones == 0; break;
      case GateKind::and2: out = ones == 2; break;
      case GateKind::or2: out = ones > 0; break;
      case GateKind::xor2: out = ones == 1; break;
      case GateKind::nand2: out = ones < 2; break;
      case GateKind::nor2: out = ones == 0; break;
      case GateKind::xnor2: out = ones != 1; break;
      default: out = ones & 1; value[gate.outputs[1]] = ones >> 1;
    }
  }
  int32_t product = 0;
  for (size_t i = 0; i < netlist.product.size(); ++i) product |= value[netlist.product[i]] << i;
  const int bits = static_cast<int>(netlist.product.size());
  return netlist.is_signed && product >> (bits - 1) & 1 ? product - (1 << bits) : product;
}

/// Netlists of random gates, widths (fewer pairs than a word too) and product lengths.
TEST(NetlistBuilder, TablesOfRandomNetlistsEqualTheNaiveOnes) {
  std::mt19937 random(5);
  const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  for (int n = 0; n < 200; ++n) {
    const int a_bits = 1 + below(6), b_bits = 1 + below(6);
    NetlistBuilder builder("random", a_bits, b_bits, n % 2);
    std::vector<Net> nets = {net_zero, net_one};
    for (int i = 0; i < a_bits; ++i) nets.push_back(builder.a(i));
    for (int i = 0; i < b_bits; ++i) nets.push_back(builder.b(i));
    for (int gate = 0; gate < 40; ++gate) {
      const auto any = [&] { return nets[below(static_cast<int>(nets.size()))]; };
      NetlistBuilder::SumCarry adder{net_zero, net_zero};
      switch (below(9)) {
        case 0: nets.push_back(builder.not_(any())); break;
        case 1: nets.push_back(builder.and_(any(), any())); break;
        case 2: nets.push_back(builder.or_(any(), any())); break;
        case 3: nets.push_back(builder.xor_(any(), any())); break;
        case 4: nets.push_back(builder.nand_(any(), any())); break;
        case 5: nets.push_back(builder.nor_(any(), any())); break;
        case 6: nets.push_back(builder.xnor_(any(), any())); break;
        case 7: adder = builder.half_adder(any(), any()); break;
        default: adder = builder.full_adder(any(), any(), any());
      }
      nets.push_back(adder.sum);
      nets.push_back(adder.carry);
    }
    std::vector<Net> product;
    for (int i = 0, bits = 1 + below(30); i < bits; ++i) product.push_back(nets[below(static_cast<int>(nets.size()))]);
    const Netlist netlist = builder.finish(product);
    const TruthTable table = truth_table(netlist);
    ASSERT_EQ(table.values.size(), size_t{1} << (a_bits + b_bits));
    for (int a = 0; a < 1 << a_bits; ++a)
      for (int b = 0; b < 1 << b_bits; ++b) ASSERT_EQ(table.at(a, b), naive_product(netlist, a, b)) << n;
  }
}

/// A wider multiplier ignores the high bits of its operands and gives the same integers.
TEST(Widen, KeepsTheProducts) {
  for (const bool is_signed : {false, true}) {
    const Netlist narrow = build_multiplier(exact_structure(4, 5, is_signed));
    const TruthTable before = truth_table(narrow), after = truth_table(widen(narrow, 6, 8));
    ASSERT_EQ(after.a_bits, 6);
    ASSERT_EQ(after.b_bits, 8);
    ASSERT_EQ(after.is_signed, is_signed);
    for (int a = 0; a < 64; ++a)
      for (int b = 0; b < 256; ++b) ASSERT_EQ(after.at(a, b), before.at(a & 15, b & 31));
  }
  EXPECT_THROW(widen(build_multiplier(exact_structure(6, 6)), 5, 8), InputError);
}

}  // namespace
}  // namespace tram
