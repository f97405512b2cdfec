#include "models/cells/energy/toggle_energy.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "models/support/error.hpp"
#include "tests/cells/test_library.hpp"

namespace tram {
namespace {

// y = NAND(a, c), z = inverse of y, by hand; energies of the tiny library in pJ, at 2 V.
TEST(ToggleEnergy, ByHand) {
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), c = b.input("c"), y = b.net("y"), z = b.net("z");
  b.cell("NAND2", "u1", {a, c, y});
  b.cell("INV", "u2", {y, z});
  b.output("z", z);
  const MappedNetlist netlist = b.build();
  Activity activity;
  activity.toggles = {0, 0, 30, 10, 20, 20};
  activity.duty = {0, 1, 0.5, 0.25, 0.875, 0.125};
  activity.cycles = 100;
  activity.time = 100e-9;
  const PowerModel model(netlist);
  const NetEnergies energies = toggle_energies(model, activity);
  // Output y: arc a 0.02 pJ, weight 30 x P(c = 1) = 7.5; arc c 0.06 pJ, weight 10 x P(a = 1) = 5. Load 0.01 pF.
  const double y_energy = (7.5 * 0.02 + 5 * 0.06) / 12.5 + 0.5 * 0.01 * 4;
  EXPECT_NEAR(energies.joule[y], y_energy * 1e-12, 1e-18);
  EXPECT_NEAR(energies.joule[z], 0.03e-12, 1e-18);
  EXPECT_NEAR(energies.joule[a], (0.75 * 0.6 + 0.25 * 0.1) * 1e-12, 1e-18);  // pin A: 0.6 when !B, else 0.1
  EXPECT_EQ(energies.joule[c], 0);
  EXPECT_EQ(energies.joule[constant_one], 0);
  EXPECT_DOUBLE_EQ(energies.leakage_power, model.leakage_power(activity));
  const EnergyShares expected = model.energy(activity).total;
  EXPECT_NEAR(std::inner_product(energies.joule.begin(), energies.joule.end(), activity.toggles.begin(), 0.0),
              expected.internal + expected.switching, 1e-20);
}

TEST(ToggleEnergy, ReferenceActivityIsUniform) {
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), c = b.input("c"), y = b.net("y");
  b.cell("NAND2", "u1", {a, c, y});
  b.output("y", y);
  const NetEnergies energies = toggle_energies(b.build());
  EXPECT_NEAR(energies.joule[a], 0.35e-12, 0.01e-12);   // (0.6 + 0.1) / 2
  EXPECT_NEAR(energies.joule[y], 0.04e-12, 0.001e-12);  // (0.02 + 0.06) / 2
}

TEST(ToggleEnergy, RefusesFlipFlops) {
  MappedNetlistBuilder b;
  const NetId clock = b.input("clk"), d = b.input("d"), q = b.net("q");
  b.cell("DFF", "r", {clock, d, q});
  b.output("q", q);
  const MappedNetlist netlist = b.build();
  EXPECT_THROW(toggle_energies(netlist), InputError);
}

}  // namespace
}  // namespace tram
