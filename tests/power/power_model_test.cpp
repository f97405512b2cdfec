#include "models/power/power_model.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

#include "tests/power/test_library.hpp"

namespace tram {
namespace {

constexpr double pj = 1e-12;
constexpr double nw = 1e-9;

Activity idle(const MappedNetlist& netlist, double cycles, double period) {
  Activity activity;
  activity.toggles.assign(netlist.net_count(), 0);
  activity.duty.assign(netlist.net_count(), 0);
  activity.cycles = cycles;
  activity.time = cycles * period;
  return activity;
}

// y = !(a & b), z = !y
struct Gates {
  MappedNetlistBuilder b;
  NetId a = b.input("a"), other = b.input("b"), y = b.net("y"), z = b.net("z");
  MappedNetlist netlist = [this] {
    b.cell("NAND2", "p.u1", {a, other, y}, "p");
    b.cell("INV", "u2", {y, z});
    b.output("z", z);
    return b.build();
  }();
  Activity activity = [this] {
    Activity activity = idle(netlist, 100, 1e-9);
    activity.toggles[a] = 10;
    activity.toggles[other] = 20;
    activity.toggles[y] = 7;
    activity.toggles[z] = 7;
    activity.duty[a] = 0.25;
    activity.duty[other] = 0.5;
    activity.duty[y] = 0.875;
    activity.duty[z] = 0.125;
    return activity;
  }();
};

TEST(PowerModel, GatesByHand) {
  const Gates g;
  TimingOptions options;
  options.output_load = 0.03e-12;
  const EnergyReport report = PowerModel(g.netlist, options).energy(g.activity);
  // Output: weights 10 x P(b) = 5 and 20 x P(a) = 5 of 0.02 and 0.06 pJ. Pin A: 0.6 pJ where !b, else 0.1 pJ.
  const EnergyShares& nand = report.cells[0];
  EXPECT_NEAR(nand.internal, (7 * 0.04 + 10 * (0.5 * 0.6 + 0.5 * 0.1)) * pj, 1e-24);
  EXPECT_NEAR(nand.switching, 7 * 0.5 * 0.01 * 4 * pj, 1e-24);
  // Leakage: 1 nW in 11, 5 nW in 00, the rest at 8 nW.
  const double leakage = (0.125 * 1 + 0.375 * 5 + 0.5 * 8) * nw;
  EXPECT_NEAR(nand.leakage, leakage * 100e-9, 1e-24);
  EXPECT_NEAR(report.cells[1].internal, 7 * 0.03 * pj, 1e-24);
  EXPECT_NEAR(report.cells[1].switching, 7 * 0.5 * 0.03 * 4 * pj, 1e-24);
  EXPECT_NEAR(report.cells[1].leakage, 3 * nw * 100e-9, 1e-24);
  EXPECT_DOUBLE_EQ(report.parts.at("p").total(), nand.total());
  EXPECT_DOUBLE_EQ(report.parts.at("").total(), report.cells[1].total());
  EXPECT_NEAR(report.total.total(), nand.total() + report.cells[1].total(), 1e-24);
  EXPECT_DOUBLE_EQ(report.clock.total(), 0);
}

TEST(PowerModel, OpenstaConventionAddsTheUnconditionalGroup) {
  const Gates g;
  const EnergyReport report = PowerModel(g.netlist, {}, PowerConvention::opensta).energy(g.activity);
  EXPECT_NEAR(report.cells[0].internal, (7 * 0.04 + 10 * (0.5 * 0.6 + 0.1)) * pj, 1e-24);
  // y as independent of a and b: P(a b !y) = 0.125 x 0.125.
  const double both = 0.125 * 0.125, none = 0.375;
  EXPECT_NEAR(report.cells[0].leakage, (both * 1 + none * 5 + (1 - both - none) * 8) * nw * 100e-9, 1e-24);
}

TEST(PowerModel, EnergyIsLinearInTheActivity) {
  Gates g;
  const PowerModel model(g.netlist);
  const double once = model.energy(g.activity).total.total();
  for (double& toggles : g.activity.toggles) toggles *= 3;
  g.activity.cycles *= 3;
  g.activity.time *= 3;
  EXPECT_NEAR(model.energy(g.activity).total.total() / once, 3, 1e-12);
  EXPECT_NEAR(model.leakage_power(g.activity) * g.activity.time, model.energy(g.activity).total.leakage, 1e-24);
}

TEST(PowerModel, FlipFlopByHand) {
  MappedNetlistBuilder b;
  const NetId clock = b.input("clk"), d = b.input("d"), q = b.net("q");
  b.cell("DFF", "r", {clock, d, q});
  b.output("q", q);
  const MappedNetlist netlist = b.build();
  Activity activity = idle(netlist, 1000, 2e-9);
  activity.toggles[d] = 300;
  activity.toggles[q] = 200;
  activity.duty[d] = activity.duty[q] = 0.4;
  TimingOptions options;
  options.port_loads["q"] = 0.05e-12;
  const EnergyReport report = PowerModel(netlist, options).energy(activity);
  // P(d != q) = 0.2, so P(d q) = (0.4 + 0.4 - 0.2) / 2 = 0.3 at 1 pJ and P(d !q) = 0.1 at 3 pJ, two edges a cycle.
  EXPECT_NEAR(report.clock.internal, 2000 * (0.3 * 1 + 0.1 * 3) * pj, 1e-22);
  EXPECT_NEAR(report.clock.switching, 2000 * 0.5 * 0.04 * 4 * pj, 1e-22);
  EXPECT_NEAR(report.cells[0].internal, 200 * 0.6 * pj, 1e-22);
  EXPECT_NEAR(report.cells[0].switching, 200 * 0.5 * 0.05 * 4 * pj, 1e-22);
  EXPECT_NEAR(report.total.leakage, 10 * nw * 2e-6, 1e-24);
  EXPECT_DOUBLE_EQ(input_capacitance(netlist, "d"), 0.05e-12);
}

TEST(PowerModel, RefusesAnotherNetlistsActivity) {
  const Gates g;
  EXPECT_THROW(PowerModel(g.netlist).energy(Activity{}), std::invalid_argument);
}

}  // namespace
}  // namespace tram
