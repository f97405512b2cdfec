// Substitutions of nets against what they mean, bit plane by bit plane; and the greedy choice that makes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "train/structure/lazy_greedy.hpp"
#include "train/structure/substitution.hpp"

namespace tram::train {
namespace {

using enum Substitution::Kind;
using Planes = std::vector<std::vector<uint64_t>>;

/// Small ones with adders, inverters and every kind of gate between them.
std::vector<Netlist> small_multipliers() {
  std::vector<Netlist> all = {build_multiplier(exact_structure(4, 4)), build_multiplier(exact_structure(4, 4, true)),
                              build_multiplier(exact_structure(4, 5))};
  NetlistBuilder builder("gates", 3, 3, false);
  const auto n = [&](int i) { return builder.a(i); };
  const auto m = [&](int i) { return builder.b(i); };
  const Net nand = builder.nand_(n(0), m(0)), nor = builder.nor_(n(1), m(1)), xnor = builder.xnor_(n(2), m(2));
  const Net either = builder.or_(nand, nor), differs = builder.xor_(either, xnor), inverse = builder.not_(differs);
  const auto [sum, carry] = builder.full_adder(inverse, either, m(0));
  all.push_back(builder.finish({sum, carry, builder.and_(differs, nand), inverse}));
  return all;
}

/// The value of a gate's output by its definition, of one operand pair.
bool value(const Gate& gate, size_t output, bool x, bool y, bool z) {
  switch (gate.kind) {
    case GateKind::inverter: return !x;
    case GateKind::and2: return x && y;
    case GateKind::or2: return x || y;
    case GateKind::xor2: return x != y;
    case GateKind::nand2: return !(x && y);
    case GateKind::nor2: return !(x || y);
    case GateKind::xnor2: return x == y;
    case GateKind::half_adder: return output == 0 ? x != y : x && y;
    case GateKind::full_adder: return output == 0 ? (x + y + z) % 2 == 1 : x + y + z > 1;
  }
  return false;
}

/// What the product is when the substitution's net has the value that stands for it: pair by pair, net by net.
int32_t product_with(const Netlist& netlist, const Substitution* substitution, uint32_t a, uint32_t b) {
  std::vector<bool> net(static_cast<size_t>(netlist.net_count));
  net[net_one] = true;
  for (size_t i = 0; i < netlist.a.size(); ++i) net[static_cast<size_t>(netlist.a[i])] = a >> i & 1;
  for (size_t i = 0; i < netlist.b.size(); ++i) net[static_cast<size_t>(netlist.b[i])] = b >> i & 1;
  const auto at = [&](Net n) { return n >= 0 && net[static_cast<size_t>(n)]; };
  for (const Gate& gate : netlist.gates)
    for (size_t o = 0; o < static_cast<size_t>(output_count(gate.kind)); ++o) {
      bool v = value(gate, o, at(gate.inputs[0]), at(gate.inputs[1]), at(gate.inputs[2]));
      if (substitution != nullptr && gate.outputs[o] == substitution->replaced) {
        const bool x = at(substitution->by[0]), y = at(substitution->by[1]);
        v = substitution->kind == Substitution::Kind::net ? x
            : substitution->kind == inverse               ? !x
            : substitution->kind == conjunction           ? x && y
            : substitution->kind == disjunction           ? x || y
                                                          : x != y;
      }
      net[static_cast<size_t>(gate.outputs[o])] = v;
    }
  int32_t product = 0;
  for (size_t i = 0; i < netlist.product.size(); ++i) product |= int32_t{at(netlist.product[i])} << i;
  const size_t bits = netlist.product.size();
  return netlist.is_signed && at(netlist.product.back()) ? product - (1 << bits) : product;
}

TEST(Substitution, HasTheValuesThatStandForTheNet) {
  for (const Netlist& netlist : small_multipliers()) {
    const auto b_codes = 1u << netlist.b.size(), a_codes = 1u << netlist.a.size();
    for (const Substitution& s : substitutions(netlist, 3)) {
      const TruthTable table = truth_table(substituted(netlist, s));
      for (uint32_t a = 0; a < a_codes; ++a)
        for (uint32_t b = 0; b < b_codes; ++b)
          ASSERT_EQ(table.at(a, b), product_with(netlist, &s, a, b))
              << netlist.name << " net " << s.replaced << " kind " << int(s.kind) << " by " << s.by[0] << ' '
              << s.by[1];
    }
  }
}

/// So that what was measured of a substitution can be found again after another one.
TEST(Substitution, NetsThatRemainKeepTheirNumberAndNewOnesGetNewNumbers) {
  const Netlist netlist = build_multiplier(exact_structure(4, 4));
  std::map<Net, Gate> by_output;
  for (const Gate& gate : netlist.gates) by_output[gate.outputs[0]] = gate;
  const Net last = netlist.gates.back().outputs[0];
  const Netlist smaller = substituted(netlist, {last, Substitution::Kind::net, {net_zero, -1}});
  EXPECT_EQ(smaller.a, netlist.a);
  EXPECT_EQ(smaller.b, netlist.b);
  EXPECT_LT(smaller.gates.size(), netlist.gates.size() + 4);
  int kept = 0;
  for (const Gate& gate : smaller.gates) {
    const auto before = by_output.find(gate.outputs[0]);
    if (before != by_output.end() && before->second == gate) ++kept;
    for (const Net net : gate.inputs) EXPECT_LT(net, smaller.net_count);
  }
  EXPECT_GT(kept, static_cast<int>(netlist.gates.size()) / 2);
}

TEST(Substitution, NoneOfThemMakesALoopAndTheNearestNetsAreTried) {
  const Netlist netlist = build_multiplier(exact_structure(4, 4));
  const Planes planes = net_planes(netlist);
  const std::vector<Substitution> all = substitutions(netlist, 2);
  std::set<Net> driven(netlist.a.begin(), netlist.a.end());
  driven.insert(netlist.b.begin(), netlist.b.end());
  driven.insert({net_zero, net_one});
  for (const Gate& gate : netlist.gates) {
    for (int o = 0; o < output_count(gate.kind); ++o) {
      const Net net = gate.outputs[static_cast<size_t>(o)];
      int64_t nearest = 1 << 20, chosen = 1 << 20;
      const auto distance = [&](Net other, bool inverted) {
        int64_t count = 0;
        for (size_t w = 0; w < planes[0].size(); ++w)
          count += std::popcount(planes[static_cast<size_t>(net)][w] ^ planes[static_cast<size_t>(other)][w] ^
                                 (inverted ? ~uint64_t{0} : 0));
        return count;
      };
      for (const Net other : driven)
        if (other > net_one) nearest = std::min({nearest, distance(other, false), distance(other, true)});
      int alike = 0;
      for (const Substitution& s : all) {
        if (s.replaced != net) continue;
        for (const Net by : s.by) ASSERT_TRUE(by < 0 || driven.contains(by)) << net << " by " << by;
        if ((s.kind != Substitution::Kind::net && s.kind != inverse) || s.by[0] <= net_one) continue;
        ++alike;
        chosen = std::min(chosen, distance(s.by[0], s.kind == inverse));
      }
      EXPECT_EQ(alike, 2);
      EXPECT_EQ(chosen, nearest);
    }
    for (int o = 0; o < output_count(gate.kind); ++o) driven.insert(gate.outputs[static_cast<size_t>(o)]);
  }
}

TEST(NetPlanes, AreTheValuesOfTheNets) {
  for (const Netlist& netlist : small_multipliers()) {
    const Planes planes = net_planes(netlist);
    const auto b_bits = netlist.b.size();
    for (uint32_t pair = 0; pair < 1u << (netlist.a.size() + b_bits); ++pair) {
      int32_t product = 0;
      for (size_t i = 0; i < netlist.product.size(); ++i)
        product |= int32_t(planes[static_cast<size_t>(netlist.product[i])][pair / 64] >> pair % 64 & 1) << i;
      const int32_t expected = product_with(netlist, nullptr, pair >> b_bits, pair & ((1u << b_bits) - 1));
      const auto mask = static_cast<int32_t>((int64_t{1} << netlist.product.size()) - 1);
      ASSERT_EQ(product, expected & mask) << netlist.name << ' ' << pair;
    }
  }
}

/// Prices 2 / .5, 1 / .1, 6 / 1 as they are known; measured, the first saves too little and the last nothing.
TEST(LeastPrice, MeasuresOnlyWhatMightBeBest) {
  std::vector<ChangeValue> values = {{2, 0.5}, {1, 0.1}, {6, 1.0}, {100, 1.0}};
  const std::vector<double> truth = {0.125, 0.1, -0.5, 1};
  std::vector<size_t> asked;
  const auto measure = [&](size_t i) {
    asked.push_back(i);
    return truth[i];
  };
  EXPECT_EQ(least_price(values, measure), 1U);
  EXPECT_EQ(asked, (std::vector<size_t>{0, 2, 1}));
  EXPECT_EQ(values[2].saved, -0.5);
  EXPECT_FALSE(values[3].is_fresh);
}

TEST(LeastPrice, TakesWhatLowersTheErrorAndSaysWhenNothingSaves) {
  std::vector<ChangeValue> values = {{1, 1}, {-1, 0.1}};
  EXPECT_EQ(least_price(values, [](size_t) { return 0.2; }), 1U);
  values = {{1, 1}, {-1, 0.1}};
  EXPECT_EQ(least_price(values, [](size_t) { return 0.0; }), std::nullopt);
  values.clear();
  EXPECT_EQ(least_price(values, [](size_t) { return 1.0; }), std::nullopt);
}

}  // namespace
}  // namespace tram::train
