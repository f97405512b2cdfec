// Clock gates of a library: which cell, what it costs by hand; the OR of a library without one.
#include "models/cells/energy/clock_gate.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "models/cells/liberty/liberty_names.hpp"
#include "tests/cells/test_library.hpp"

namespace tram {
namespace {

/// 2 V, pF, so pJ. A gate as libraries have it: a state table, an internal node, a test pin, energies by enable.
constexpr char gate_text[] = R"lib(
  cell (GATE) {
    area : 7; dont_use : true; clock_gating_integrated_cell : "latch_posedge_precontrol";
    statetable ("CK E SE", "n") { table : "L L L : - : L, L H - : - : H, L - H : - : H, H - - : - : N"; }
    leakage_power () { when : "!E"; value : 4; }
    leakage_power () { when : "E"; value : 8; }
    pin (n) { direction : internal; internal_node : "n"; }
    pin (CK) { direction : input; clock : true; clock_gate_clock_pin : true; capacitance : 0.02;
      internal_power () { when : "!E & !SE & !GCK"; rise_power (s) { values ("0.5"); } fall_power (s) { values ("0.25"); } }
      internal_power () { when : "E & !GCK"; rise_power (s) { values ("0.1"); } fall_power (s) { values ("9"); } }
    }
    pin (E) { direction : input; clock_gate_enable_pin : true; capacitance : 0.01;
      internal_power () { rise_power (s) { values ("0.3"); } fall_power (s) { values ("0.1"); } } }
    pin (SE) { direction : input; clock_gate_test_pin : true; capacitance : 0.01; }
    pin (GCK) { direction : output; clock_gate_out_pin : true; state_function : "CK & n";
      internal_power () { related_pin : "CK"; rise_power (s) { values ("2"); } fall_power (s) { values ("1"); } } }
  }
)lib";

std::shared_ptr<const Library> library_with(const std::string& cells) {
  std::string text = test_library_text();
  text.insert(text.find("lu_table_template"),
              "power_lut_template (s) { variable_1 : input_transition_time; index_1 (\"0\"); }\n  ");
  return parse_liberty(text.substr(0, text.rfind('}')) + cells + "}\n", "gates.lib");
}

TEST(ClockGate, OfALibraryIsItsIntegratedCell) {
  const auto library = library_with(gate_text);
  const LibertyCell& cell = *library->find("GATE");
  EXPECT_EQ(cell.kind, CellKind::other);
  ASSERT_TRUE(cell.clock_gate);
  EXPECT_EQ(cell.pins[size_t(cell.clock_gate->clock)].name, "CK");
  EXPECT_EQ(cell.pins[size_t(cell.clock_gate->enable)].name, "E");
  EXPECT_EQ(cell.pins[size_t(cell.clock_gate->output)].name, "GCK");
  EXPECT_EQ(cell.clock_gate->low, (std::vector<int>{cell.pin_index("SE")}));
  EXPECT_EQ(cell.clock_gate->internal, (std::vector<int>{cell.pin_index("n")}));

  const auto gate = clock_gate_of(*library);
  ASSERT_TRUE(gate);
  EXPECT_EQ(gate->cell, &cell);
  const ClockGateEnergy energy = energy_of(*gate, *library, 0, 0);
  const double wire = 0.02e-12 * 4;  // C V^2 of the clock pin
  EXPECT_NEAR(energy.stopped, 0.75e-12 + wire, 1e-18);
  EXPECT_NEAR(energy.passed, 0.1e-12 + 3e-12 + wire, 1e-18);  // the clock pin falls while the output is 1
  EXPECT_NEAR(energy.enable, 0.2e-12 + 0.5 * 0.01e-12 * 4, 1e-18);
  EXPECT_NEAR(energy.leakage, 6e-9, 1e-15);
  EXPECT_EQ(energy.area, 7);
}

TEST(ClockGate, WithoutPinsThatSayWhatTheyAreIsNone) {
  std::string text = gate_text;
  text.replace(text.find("clock_gate_enable_pin : true;"), 29, "");
  EXPECT_FALSE(library_with(text)->find("GATE")->clock_gate);
}

TEST(ClockGate, OfALibraryWithoutOneIsAnOrBehindAnInverter) {
  const auto osu018 = read_liberty("/usr/share/qflow/tech/osu018/osu018_stdcells.lib");
  const auto gate = clock_gate_of(*osu018);
  ASSERT_TRUE(gate && gate->inverter);
  EXPECT_EQ(gate->cell->name, "OR2X1");
  EXPECT_EQ(gate->inverter->name, "INVX1");
  const ClockGateEnergy energy = energy_of(*gate, *osu018, 0, 1e-14);
  EXPECT_GT(energy.stopped, 0);
  EXPECT_GT(energy.passed, energy.stopped);
}

TEST(ClockGate, OfEachLibraryCostsLessStoppedThanPassing) {
  for (const NamedLiberty& named : named_liberties()) {
    if (!std::filesystem::exists(named.file)) continue;
    const auto library = read_liberty(named.file);
    const auto gate = clock_gate_of(*library);
    ASSERT_TRUE(gate) << named.name;
    EXPECT_EQ(gate->inverter != nullptr, named.name.starts_with("osu")) << gate->cell->name;
    const ClockGateEnergy energy = energy_of(*gate, *library, 0, 1e-14);
    EXPECT_GT(energy.stopped, 0) << named.name;
    EXPECT_GT(energy.passed, energy.stopped) << named.name;
  }
}

/// 100 sinks: 7 buffers above them, 1 above those; each its pin's C V^2 and its inside.
TEST(ClockGate, TreeIsBuffersOfSixteen) {
  const auto library = library_with(R"lib(
  cell (BUF) { area : 2;
    pin (A) { direction : input; capacitance : 0.01; }
    pin (Y) { direction : output; function : "A";
      timing () { related_pin : "A"; cell_rise (s) { values ("0.1"); } cell_fall (s) { values ("0.1"); }
                  rise_transition (s) { values ("0.1"); } fall_transition (s) { values ("0.1"); } }
      internal_power () { related_pin : "A"; rise_power (s) { values ("0.02"); } fall_power (s) { values ("0.01"); } } }
  }
)lib");
  EXPECT_NEAR(clock_tree_estimate(*library, 100, 1e-15, 0), 8 * (0.01e-12 * 4 + 0.03e-12), 1e-20);
  EXPECT_NEAR(clock_tree_estimate(*library, 16, 1e-15, 0), 0.01e-12 * 4 + 0.03e-12, 1e-20);
}

}  // namespace
}  // namespace tram
