#include "models/cells/energy/power_model.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

#include "tests/cells/test_library.hpp"

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
  MappedNetlistBuilder b{};
  NetId a = b.input("a"), other = b.input("b"), y = b.net("y"), z = b.net("z");
  MappedNetlist netlist = [this] {
    b.cell("NAND2", "p.u1", {a, other, y}, "p");
    b.cell("INV", "u2", {y, z});
    b.output("z", z);
    return b.build();
  }();
  Activity activity = [this] {
    Activity result = idle(netlist, 100, 1e-9);
    result.toggles[a] = 10;
    result.toggles[other] = 20;
    result.toggles[y] = 7;
    result.toggles[z] = 7;
    result.duty[a] = 0.25;
    result.duty[other] = 0.5;
    result.duty[y] = 0.875;
    result.duty[z] = 0.125;
    return result;
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

// The gates' NAND2 with what it leaks (and needs at its inputs and output) in two shares on two rails.
MappedNetlistBuilder on_two_rails(const std::string& second_type, const std::string& leakage) {
  std::string text = test_library_text();
  const std::string head = "cell (NAND2) {";
  text.insert(text.find(head) + head.size(),
              " pg_pin (VDD) { pg_type : primary_power; } pg_pin (VB) { pg_type : " + second_type +
                  "; }"
                  " pg_pin (VSS) { pg_type : primary_ground; } " +
                  leakage);
  const size_t begin = text.find("leakage_power () { when : \"A B Y'\""), end = text.find("pin (A)", begin);
  text.erase(begin, end - begin);
  MappedNetlistBuilder builder;
  builder.library = parse_liberty(text, "rails.lib");
  EXPECT_TRUE(builder.library->left_out.empty());
  return builder;
}

std::string group(const std::string& rail, double value, const std::string& when) {
  return "leakage_power () { " + (when.empty() ? "" : "when : \"" + when + "\"; ") +
         "value : " + std::to_string(value) + "; related_pg_pin : " + rail + "; } ";
}

// cell_leakage_power is 8 nW; the rails give it in shares of 6 and 2 nW. A ground's tables are the way out of the same.
TEST(PowerModel, LeakageIsTheSumOverTheRails) {
  std::string by_state, in_one_state;
  for (const std::string when : {"A B", "!A B", "A !B", "!A !B"})
    by_state += group("VDD", 6, when) + group("VB", 2, when) + group("VSS", 8, when);
  in_one_state = group("VDD", 6, "A") + group("VB", 2, "A");
  const std::string unconditional = group("VDD", 6, "") + group("VB", 2, "") + group("VSS", 8, "");
  for (const std::string type : {"primary_power", "backup_power", "nwell"}) {
    for (const std::string& leakage : {by_state, in_one_state, unconditional}) {
      Gates gates{.b = on_two_rails(type, leakage)};
      const EnergyReport report = PowerModel(gates.netlist).energy(gates.activity);
      EXPECT_NEAR(report.cells[0].leakage, 8 * nw * gates.activity.time, 1e-24) << type << " " << leakage;
    }
  }
}

// Currents from one rail into another may make a share negative; the cell never is.
TEST(PowerModel, LeakageIsNeverNegative) {
  Gates gates{.b = on_two_rails("primary_power", group("VDD", 3, "A") + group("VB", -500, "A"))};
  // A at 1 with probability .25: 0; else cell_leakage_power.
  EXPECT_NEAR(PowerModel(gates.netlist).energy(gates.activity).cells[0].leakage, 0.75 * 8 * nw * gates.activity.time,
              1e-24);
  const auto convention = PowerConvention::opensta;
  EXPECT_EQ(PowerModel(gates.netlist, {}, convention).energy(gates.activity).cells[0].leakage, 0);
}

// Internal energy in shares of .75 and .25 on two rails is that of one group without rails.
TEST(PowerModel, InternalPowerIsTheSumOverTheRails) {
  const auto shared = [](std::string text, const std::string& pg_pins) {
    for (size_t place = 0; (place = text.find("internal_power () {", place)) != std::string::npos;) {
      const size_t open = place + 19;
      int depth = 1;
      size_t end = open;
      for (; depth > 0; ++end) depth += (text[end] == '{') - (text[end] == '}');
      const std::string body = text.substr(open, end - open - 1);
      const auto scaled = [&](const std::string& rail, double share) {
        std::string own = body;
        for (size_t value = 0; (value = own.find("values (\"", value)) != std::string::npos; value += 9) {
          const size_t close = own.find('"', value + 9);
          const double number = share * std::stod(own.substr(value + 9, close - value - 9));
          own.replace(value + 9, close - value - 9, std::to_string(number));
        }
        return "internal_power () { related_pg_pin : " + rail + "; " + own + "} ";
      };
      const std::string both = scaled("VDD", 0.75) + scaled("VB", 0.25) + scaled("VSS", 1);
      text.replace(place, end - place, both);
      place += both.size();
    }
    for (const std::string head : {"cell (INV) {", "cell (NAND2) {", "cell (DFF) {"})
      text.insert(text.find(head) + head.size(), pg_pins);
    return text;
  };
  MappedNetlistBuilder builder;
  const std::string pg_pins =
      " pg_pin (VDD) { pg_type : primary_power; } pg_pin (VB) { pg_type : nwell; } "
      "pg_pin (VSS) { pg_type : primary_ground; } ";
  builder.library = parse_liberty(shared(test_library_text(), pg_pins), "rails.lib");
  ASSERT_TRUE(builder.library->left_out.empty()) << builder.library->left_out[0].reason;
  Gates rails{.b = builder};
  const Gates plain;
  const EnergyReport ours = PowerModel(rails.netlist).energy(rails.activity);
  const EnergyReport expected = PowerModel(plain.netlist).energy(plain.activity);
  for (size_t cell = 0; cell < 2; ++cell)
    EXPECT_NEAR(ours.cells[cell].internal / expected.cells[cell].internal, 1, 1e-9) << cell;
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
