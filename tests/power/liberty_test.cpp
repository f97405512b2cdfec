#include "models/power/liberty.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "models/power/flip_flop_mapping.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "tests/power/test_library.hpp"
#include "tests/support/message_of.hpp"

namespace tram {
namespace {

// The message of the InputError that the text gives; "" when it is read without one.
std::string message(const std::string& text) {
  return message_of<InputError>([&] { parse_liberty(text, "x.lib"); });
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = test_library_text();
  const size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

// "x.lib:N: " for the line of the small library that holds `needle`.
std::string at(const std::string& needle) {
  const std::string text = test_library_text();
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find(needle));
  return "x.lib:" + std::to_string(1 + std::count(text.begin(), end, '\n')) + ": ";
}

TEST(Liberty, UnitsAreSi) {
  const auto library = test_library();
  EXPECT_EQ(library->name, "tiny");
  EXPECT_DOUBLE_EQ(library->time_unit, 1e-9);
  EXPECT_DOUBLE_EQ(library->capacitance_unit, 1e-12);
  EXPECT_DOUBLE_EQ(library->leakage_unit, 1e-9);
  EXPECT_DOUBLE_EQ(library->energy_unit, 1e-12);
  EXPECT_DOUBLE_EQ(library->nominal_voltage, 2);
  const auto other = parse_liberty(with("(1, pf)", "(10.0, \"ff\")"), "x.lib");
  EXPECT_DOUBLE_EQ(other->capacitance_unit, 1e-14);
  EXPECT_DOUBLE_EQ(other->energy_unit, 1e-14);
  EXPECT_DOUBLE_EQ(parse_liberty(with("\"1ns\"", "\"10ps\""), "x.lib")->time_unit, 1e-11);
}

TEST(Liberty, CellsPinsAndArcs) {
  const auto library = test_library();
  ASSERT_EQ(library->cells.size(), 3u);
  const LibertyCell& inv = *library->find("INV");
  EXPECT_EQ(inv.kind, CellKind::combinational);
  EXPECT_DOUBLE_EQ(inv.area, 1);
  EXPECT_DOUBLE_EQ(*inv.cell_leakage_power, 3e-9);
  EXPECT_DOUBLE_EQ(inv.pins[0].fall_capacitance, 0.008e-12);
  EXPECT_EQ(inv.pins[1].function->function.truth_table()[0], 0x1u);
  const TimingArc& arc = inv.pins[1].timing.at(0);
  EXPECT_EQ(arc.related_pin, 0);
  EXPECT_EQ(arc.sense, TimingSense::negative_unate);
  EXPECT_DOUBLE_EQ(arc.cell_rise.at(0.5e-9, 0.2e-12), (0.1 + 0.2 * 0.5 + 3 * 0.2) * 1e-9);
  EXPECT_DOUBLE_EQ(inv.pins[1].internal_power.at(0).fall.at(0, 0), 0.04e-12);
  const LibertyCell& nand = *library->find("NAND2");
  EXPECT_EQ(nand.leakage.size(), 2u);
  EXPECT_DOUBLE_EQ(nand.pins[1].rise_capacitance, 0.03e-12);
  EXPECT_EQ(library->find("NOR2"), nullptr);
}

TEST(Liberty, FlipFlop) {
  const auto library = test_library();
  const LibertyCell& dff = *library->find("DFF");
  EXPECT_EQ(dff.kind, CellKind::flip_flop);
  EXPECT_EQ(dff.flip_flop->clock_pin(), 0);
  EXPECT_EQ(dff.flip_flop->next_state.pins, std::vector<int>{1});
  EXPECT_EQ(dff.pins[2].function->pins, std::vector<int>{PinFunction::state});
  EXPECT_EQ(dff.pins[1].timing.at(0).kind, ArcKind::setup);
  EXPECT_DOUBLE_EQ(dff.pins[1].timing[0].fall_constraint.at(0, 0), 0.4e-9);
  const auto use = plain_flip_flop(dff);
  ASSERT_TRUE(use);
  EXPECT_FALSE(use->inverts_data);
  EXPECT_TRUE(use->ties.empty());
}

TEST(Liberty, FlipFlopWithClearAndInvertedOutput) {
  std::string text = with("next_state : \"D\";", "next_state : \"!D\"; clear : \"!RN\";");
  text.replace(text.find("pin (CK)"), 0, "pin (RN) { direction : input; capacitance : 0.01; }\n    ");
  const auto library = parse_liberty(text, "x.lib");
  const auto use = plain_flip_flop(*library->find("DFF"));
  ASSERT_TRUE(use);
  EXPECT_TRUE(use->inverts_data);
  EXPECT_EQ(use->ties, (std::vector<std::pair<int, bool>>{{0, true}}));
  EXPECT_EQ(flip_flop_techmap(*library).types, (std::vector<std::string>{"$_DFF_PN0_", "$_DFF_P_"}));
}

TEST(Liberty, BrokenFilesAreNamedWithTheirLine) {
  EXPECT_EQ(message(""), "x.lib:1: no library; expected: library (name) { ... }");
  EXPECT_EQ(message("/* open"), "x.lib:1: comment without its end */");
  EXPECT_EQ(message("library (a) {\n  date : \"x;\n}\n"), "x.lib:2: string without its closing quote on this line");
  EXPECT_EQ(message("library (a) {\n  cell (b) {\n"),
            "x.lib:3: end of file inside the cell group opened in line 2; expected '}'");
  EXPECT_EQ(message("cell (a) { }"), "x.lib:1: 'cell' group; expected library (name)");
  EXPECT_EQ(message("library (a) { } more"), "x.lib:1: text after the end of the library");
  EXPECT_EQ(message("library (a) {\n time_unit }"), "x.lib:2: unexpected '}' after 'time_unit'; expected ':' or '('");
  EXPECT_EQ(message("library (a) {\n time_unit : ;\n}"), "x.lib:2: attribute without a value");
  EXPECT_EQ(message(with("time_unit : \"1ns\";", "")), "x.lib:2: library without time_unit");
  EXPECT_EQ(message(with("\"1ns\"", "\"1parsec\"")),
            "x.lib:3: time_unit has the unit 'parsec'; expected a prefix and s");
  EXPECT_EQ(message(with("capacitance : 0.05", "capacitance : 0.05pf")), at("pin (D)") + "'0.05pf' is not a number");
  EXPECT_EQ(message(with("capacitance : 0.05", "capacitance : inf")), at("pin (D)") + "'inf' is not a number");
  EXPECT_EQ(message(with("direction : input; capacitance : 0.05;", "capacitance : 0.05;")),
            at("pin (D)") + "pin 'D' without direction; expected input or output");
  EXPECT_EQ(message(with("!(A * B)", "!(A * C)")), at("!(A * B)") + "'C' is not a pin of cell 'NAND2'");
  EXPECT_EQ(message(with("0.1, 0.3\", \"3.1, 3.3", "0.1, 0.3\", \"3.1")),
            at("cell_rise (t)") + "cell_rise has 3 values; expected 4");
  EXPECT_EQ(message(with("index_1 (\"0, 1\")", "index_1 (\"1, 1\")")),
            at("index_1") + "index_1 is not increasing; expected rising values");
  EXPECT_EQ(message(with("clocked_on : \"CK\";", "")), at("ff (IQ") + "ff without clocked_on");
  EXPECT_EQ(message(with("cell (NAND2)", "cell (INV)")), at("cell (NAND2)") + "second cell 'INV'");
  EXPECT_EQ(message(with("cell_rise (t)", "cell_rise (u)")),
            at("cell_rise (t)") +
                "cell_rise names the template 'u', which the library does not define over one or two variables");
  EXPECT_THROW(read_liberty("/no/such/file.lib"), InputError);
}

TEST(Liberty, MissingKindsOfCellsAreNamed) {
  const auto complaint = [](const std::string& text) {
    try {
      require_mapping_cells(*parse_liberty(text, "x.lib"));
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(complaint(test_library_text()), "");
  EXPECT_EQ(complaint(with("function : \"A'\"", "function : \"A\"")),
            "x.lib: library has no inverter; mapping needs one");
  EXPECT_EQ(complaint(with("!(A * B)", "A * B")),
            "x.lib: library has no 2-input NAND or NOR; mapping needs one of them");
  EXPECT_EQ(complaint(with("clocked_on : \"CK\"", "clocked_on : \"!CK\"")),
            "x.lib: library has no rising-edge D flip-flop; mapping needs one");
}

// Every prefix and thousands of damaged copies are either read or refused, nothing else.
TEST(Liberty, SurvivesTruncationAndGarbage) {
  const std::string text = test_library_text();
  size_t refused = 0;
  for (size_t length = 0; length < text.size(); ++length) refused += !message(text.substr(0, length)).empty();
  EXPECT_GE(refused, text.size() - 2);
  std::mt19937 random(7);
  refused = 0;
  for (int trial = 0; trial < 5000; ++trial) {
    std::string damaged = text;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    refused += !message(damaged).empty();
  }
  EXPECT_GT(refused, 1000u);
}

TEST(Liberty, RealLibrariesAreRead) {
  const auto files = real_libraries();
  if (files.empty()) GTEST_SKIP() << "no Liberty file in $TRAM_DATA, ~/.cache/tram-data or /usr/share/qflow";
  for (const auto& file : files) {
    const auto start = std::chrono::steady_clock::now();
    const auto library = read_liberty(file);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    RecordProperty(library->name + "_seconds", std::to_string(elapsed.count()));
    EXPECT_LT(elapsed.count(), 10) << file;
    EXPECT_NO_THROW(require_mapping_cells(*library)) << file;
    size_t usable = 0;
    for (const LibertyCell& cell : library->cells) {
      if (cell.kind == CellKind::other) continue;
      ++usable;
      EXPECT_GT(cell.area, 0) << cell.name;
      for (const int pin : cell.output_pins) {
        const LibertyPin& output = cell.pins[static_cast<size_t>(pin)];
        if (cell.input_pins.empty()) continue;
        EXPECT_FALSE(output.timing.empty()) << file << " " << cell.name;
        for (const TimingArc& arc : output.timing) {
          if (arc.kind != ArcKind::combinational || arc.cell_rise.is_empty()) continue;
          const double delay = arc.cell_rise.at(20 * library->time_unit * (library->time_unit < 1e-10 ? 1 : 0.01),
                                                arc.cell_rise.loads().at(1));
          EXPECT_GT(delay, -1e-9) << cell.name;
          EXPECT_LT(delay, 20e-9) << cell.name;
        }
      }
    }
    EXPECT_GT(usable, 20u) << file;
  }
}

// Over a rise and a fall of the output the charge that VDD gives goes out through VSS, so the tables of both rails
// hold the same energy: one of them is the cell's energy, the sum would be twice that.
TEST(Liberty, RailsOfAsap7HoldTheSameEnergy) {
  const auto file = data_folder() / "liberty" / "asap7_rvt_tt.lib";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  const auto library = read_liberty(file);
  for (const std::string name : {"INVx1_ASAP7_75t_R", "NAND2xp5_ASAP7_75t_R", "NOR2xp33_ASAP7_75t_R"}) {
    const LibertyCell& cell = *library->find(name);
    double energy[2] = {0, 0};
    for (const InternalPower& power : cell.pins[static_cast<size_t>(cell.output_pins[0])].internal_power) {
      const double sum = power.rise.at(20e-12, 3e-15) + power.fall.at(20e-12, 3e-15);
      energy[cell.is_counted(power.pg_pin)] += sum;
    }
    EXPECT_GT(energy[1], 0) << name;
    EXPECT_NEAR(energy[0] / energy[1], 1, 0.05) << name;
  }
}

}  // namespace
}  // namespace tram
