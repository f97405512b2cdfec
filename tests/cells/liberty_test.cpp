#include "models/cells/liberty/liberty.hpp"
#include "models/cells/mapping/mapping_liberty.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "models/cells/mapping/flip_flop_mapping.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "tests/cells/test_library.hpp"
#include "tests/support/message_of.hpp"

namespace tram {
namespace {

// The message of the InputError that the text gives; "" when it is read without one.
std::string message(const std::string& text) {
  return message_of<InputError>([&] { parse_liberty(text, "x.lib"); });
}

std::string with(const std::string& from, const std::string& to) { return test_library_with(from, to); }

// "x.lib:N: reason" of the only cell that the text's library leaves out.
std::string fault(const std::string& text) {
  const auto library = parse_liberty(text, "x.lib");
  EXPECT_EQ(library->left_out.size(), 1u);
  EXPECT_EQ(library->cells.size(), 2u);
  if (library->left_out.empty()) return "";
  const LeftOutCell& cell = library->left_out[0];
  EXPECT_EQ(library->find(cell.name), nullptr);
  return cell.file + ":" + std::to_string(cell.line) + ": " + cell.reason;
}

// "x.lib:N: " for the line of the small library that holds `needle`.
std::string at(const std::string& needle) { return "x.lib:" + std::to_string(test_library_line(needle)) + ": "; }

TEST(Liberty, UnitsAreSi) {
  const auto library = test_library();
  EXPECT_EQ(library->name, "tiny");
  const LibertyUnits& units = library->files.at(0).units;
  EXPECT_DOUBLE_EQ(units.time, 1e-9);
  EXPECT_DOUBLE_EQ(units.capacitance, 1e-12);
  EXPECT_DOUBLE_EQ(units.leakage, 1e-9);
  EXPECT_DOUBLE_EQ(units.energy, 1e-12);
  EXPECT_DOUBLE_EQ(library->conditions.voltage, 2);
  EXPECT_TRUE(library->warnings.empty()) << library->warnings[0];
  const auto units_with = [](const std::string& from, const std::string& to) {
    return parse_liberty(with(from, to), "x.lib")->files[0].units;
  };
  EXPECT_DOUBLE_EQ(units_with("(1, pf)", "(10.0, \"ff\")").capacitance, 1e-14);
  EXPECT_DOUBLE_EQ(units_with("(1, pf)", "(10.0, \"ff\")").energy, 1e-14);
  EXPECT_DOUBLE_EQ(units_with("(1, pf)", "(1000, FF)").capacitance, 1e-12);
  EXPECT_DOUBLE_EQ(units_with("\"1ns\"", "\"10ps\"").time, 1e-11);
  EXPECT_DOUBLE_EQ(units_with("\"1ns\"", "1 NS").time, 1e-9);
  EXPECT_DOUBLE_EQ(units_with("\"1nW\"", "\"1UW\"").leakage, 1e-6);
  EXPECT_DOUBLE_EQ(units_with("\"1V\"", "\"1000mV\"").voltage, 1);
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
  EXPECT_EQ(message(""), "x.lib:1: no library; library (name) { ... } is expected");
  EXPECT_EQ(message("/* open"), "x.lib:1: comment without its end */");
  EXPECT_EQ(message("library (a) {\n  date : \"x;\n}\n"), "x.lib:2: string without its closing quote on this line");
  EXPECT_EQ(message("library (a) {\n  cell (b) {\n"),
            "x.lib:3: end of file inside the cell group opened in line 2; '}' is expected");
  EXPECT_EQ(message("cell (a) { }"), "x.lib:1: 'cell' group; library (name) is expected");
  EXPECT_EQ(message("library (a) { } more"), "x.lib:1: text after the end of the library");
  EXPECT_EQ(message("library (a) {\n time_unit }"),
            "x.lib:2: unexpected '}' after 'time_unit'; ':' or '(' is expected");
  EXPECT_EQ(message("library (a) {\n time_unit : ;\n}"), "x.lib:2: attribute without a value");
  EXPECT_EQ(message(with("\"1nW\"", "\"1MW\"")),
            "x.lib:3: leakage_power_unit has the unit 'MW'; a prefix and w is expected");
  EXPECT_EQ(message(with("nom_voltage : 2.0", "nom_voltage : 0")),
            "x.lib:2: 0 V (nom_voltage); a positive voltage is expected");
  EXPECT_EQ(message(with("\"1ns\"", "\"1parsec\"")),
            "x.lib:3: time_unit has the unit 'parsec'; a prefix and s is expected");
  EXPECT_EQ(message(with("cell (NAND2)", "cell (INV)")),
            at("cell (NAND2)") + "second cell 'INV'; the first is in x.lib:11");
  EXPECT_THROW(read_liberty("/no/such/file.lib"), InputError);
}

// Only the cell with the fault goes.
TEST(Liberty, CellsWithFaultsAreLeftOut) {
  EXPECT_EQ(fault(with("capacitance : 0.05", "capacitance : 0.05pf")), at("pin (D)") + "'0.05pf' is not a number");
  EXPECT_EQ(fault(with("capacitance : 0.05", "capacitance : inf")), at("pin (D)") + "'inf' is not a number");
  EXPECT_EQ(fault(with("direction : input; capacitance : 0.05;", "capacitance : 0.05;")),
            at("pin (D)") + "pin 'D' without direction; input or output is expected");
  EXPECT_EQ(fault(with("!(A * B)", "!(A * C)")), at("!(A * B)") + "'C' is not a pin of cell 'NAND2'");
  EXPECT_EQ(fault(with("0.1, 0.3\", \"3.1, 3.3", "0.1, 0.3\", \"3.1")),
            at("cell_rise (t)") + "cell_rise has 3 values; 4 is expected");
  EXPECT_EQ(fault(with("clocked_on : \"CK\";", "")), at("ff (IQ") + "ff without clocked_on");
  EXPECT_EQ(fault(with("cell_rise (t)", "cell_rise (u)")),
            at("cell_rise (t)") + "cell_rise names the template 'u', which the library does not define");
  EXPECT_EQ(fault(with("timing () { related_pin : \"B\";", "timing () {")),
            at("timing () { related_pin : \"B\"") + "timing without related_pin");
  EXPECT_EQ(fault(with("capacitance : 0.03;", "")), at("pin (B)") +
                                                        "input pin without capacitance, and no "
                                                        "default_input_pin_cap");
  EXPECT_EQ(fault(with("related_pin : \"B\"; timing_sense", "related_pin : \"A\"; timing_sense")),
            at("cell (NAND2)") + "output 'Y' without delay tables (cell_rise, cell_fall) from 'B'");
}

// A template is at fault only where a table that is read names it.
TEST(Liberty, TemplatesOfOtherKindsArePassedOver) {
  const std::string other = R"(lu_table_template (noise) { variable_1 : input_voltage; variable_2 : output_voltage; }
  lu_table_template (current) { variable_1 : input_net_transition; variable_2 : total_output_net_capacitance;
    variable_3 : time; index_3 ("3, 1"); }
  lu_table_template (t) {)";
  const auto library = parse_liberty(with("lu_table_template (t) {", other), "x.lib");
  EXPECT_EQ(library->cells.size(), 3u);
  EXPECT_TRUE(library->warnings.empty());
  std::string text = with("lu_table_template (t) {", other);
  text.replace(text.find("cell_fall (t)"), 13, "cell_fall (current)");
  const auto uses = parse_liberty(text, "x.lib");
  ASSERT_EQ(uses->left_out.size(), 1u);
  EXPECT_EQ(uses->left_out[0].reason.find("cell_fall names the template 'current', which cannot be used: x.lib:9: "
                                          "table over 'time' is not supported"),
            0u)
      << uses->left_out[0].reason;
}

// What other tools read: continued lines, numbers in quotes, group arguments with ':', carriage returns, a mark at the
// start, conditions and lists of pins as writers spell them.
TEST(Liberty, SpellingsOfOtherWriters) {
  const auto plain = test_library();
  std::string text = "\xef\xbb\xbf" + test_library_text();
  const auto replace = [&](const std::string& from, const std::string& to) {
    const size_t place = text.find(from);
    ASSERT_NE(place, std::string::npos) << from;
    text.replace(place, from.size(), to);
  };
  replace("capacitive_load_unit (1, pf);", "capacitive_load_unit\\\n  (\"1.0\", \\\n  \"pf\");");
  replace("nom_voltage : 2.0;", "nom_voltage : \"2.0\" \\\n ;");
  replace("index_1 (\"0, 1\");", "index_1\\ \n (\"0, \\\n 1\");");
  replace("values (\"0.1, 0.3\"", "values\\\n (\"0.1, 0.3\"");
  replace("area : 1\n", "area : \"1\"\n input_ccb (A:1) { node : \"n1:2\"; }\n");
  replace("when : \"A B Y'\"", "when : \" A&B&!Y \"");
  replace("leakage_power () { when : \"!A * !B\"", "leakage_power () { when : \"(A+B)'\"");
  std::string with_returns;
  for (const char c : text) with_returns += c == '\n' ? "\r\n" : std::string(1, c);
  for (const std::string& written : {text, with_returns}) {
    const auto library = parse_liberty(written, "x.lib");
    ASSERT_TRUE(library->left_out.empty()) << library->left_out[0].reason;
    EXPECT_EQ(library->conditions.voltage, 2);
    const LibertyCell &cell = *library->find("NAND2"), &same = *plain->find("NAND2");
    for (size_t i = 0; i < 2; ++i)
      EXPECT_EQ(cell.leakage[i].when->function.truth_table(), same.leakage[i].when->function.truth_table());
    EXPECT_EQ(library->find("INV")->area, 1);
    EXPECT_EQ(library->find("INV")->pins[1].timing[0].cell_rise.values(),
              plain->find("INV")->pins[1].timing[0].cell_rise.values());
  }
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
    refused += !message_of<InputError>([&] {
                  const auto library = parse_liberty(damaged, "x.lib");
                  if (!library->left_out.empty()) throw InputError("x.lib", "a cell is left out");
                }).empty();
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
    EXPECT_TRUE(library->warnings.empty()) << library->warnings[0];
    const double unit = library->files.at(0).units.time;
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
          const double delay = arc.cell_rise.at(20 * unit * (unit < 1e-10 ? 1 : 0.01), arc.cell_rise.loads().at(1));
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
