// Files, conditions and warnings of a library: gzip, several files as one, voltages, what is assumed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "models/cells/liberty/liberty.hpp"
#include "models/cells/liberty/liberty_names.hpp"
#include "models/cells/liberty/liberty_warnings.hpp"
#include "models/cells/mapping/mapping_liberty.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/cells/test_library.hpp"
#include "tests/support/message_of.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

class LibertyFiles : public testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
    return folder_.path() / name;
  }
  fs::path write_gzip(const std::string& name, const std::string& text) const {
    const gzFile file = gzopen((folder_.path() / name).c_str(), "wb");
    EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
    gzclose(file);
    return folder_.path() / name;
  }
  std::string message(const std::vector<fs::path>& files) const {
    return message_of<InputError>([&] { read_liberty(files); });
  }

  TemporaryFolder folder_;
};

// The small library's group with one cell only, with replacements.
std::string only(const std::string& cell, std::vector<std::pair<std::string, std::string>> replacements = {}) {
  std::string text = test_library_text();
  for (const std::string other : {"INV", "NAND2", "DFF"}) {
    if (other != cell) replacements.emplace_back("cell (" + other + ")", "passed_over (" + other + ")");
  }
  for (const auto& [from, to] : replacements) {
    const size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    text.replace(place, from.size(), to);
  }
  return text;
}

TEST_F(LibertyFiles, GzipIsKnownByItsContent) {
  const auto library = read_liberty(write_gzip("tiny.lib", test_library_text()));
  EXPECT_EQ(library->cells.size(), 3u);
  EXPECT_EQ(library->content_hash, test_library()->content_hash);
  const std::string whole = [&] {
    std::ifstream file(folder_.path() / "tiny.lib", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  const fs::path cut = write("cut.lib.gz", whole.substr(0, whole.size() / 2));
  EXPECT_EQ(message({cut}), cut.string() + ": gzip data that ends too early; a whole file is expected");
  std::string damaged = whole;
  damaged[damaged.size() / 2] = static_cast<char>(~damaged[damaged.size() / 2]);
  EXPECT_NE(message({write("damaged.gz", damaged)}), "");
  const fs::path xz = write("tiny.lib.xz",
                            "\xfd"
                            "7zXZ");
  EXPECT_EQ(message({xz}), xz.string() + ": compressed by xz; Liberty text or gzip is expected");
}

// Three files in three systems of units are the library that one file is.
TEST_F(LibertyFiles, SeveralFilesAreOneLibrary) {
  const auto inv = write("inv.lib", only("INV"));
  // Delays are numbers of ps here: the same digits are a thousandth of the time.
  const auto nand = write_gzip("nand.lib.gz",
                               only("NAND2", {{"\"1ns\"", "\"1ps\""}, {"(1, pf)", "(1, ff)"}, {"\"1nW\"", "\"1pW\""}}));
  const auto library = read_liberty({inv, nand, write("dff.lib", only("DFF"))});
  EXPECT_EQ(library->name, "tiny and 2 more");
  ASSERT_EQ(library->files.size(), 3u);
  EXPECT_NO_THROW(require_mapping_cells(*library));
  EXPECT_EQ(library->find("DFF")->file, 2u);
  const auto whole = test_library();
  EXPECT_DOUBLE_EQ(library->find("NAND2")->pins[0].capacitance, 1e-3 * whole->find("NAND2")->pins[0].capacitance);
  EXPECT_DOUBLE_EQ(*library->find("NAND2")->cell_leakage_power, 1e-3 * *whole->find("NAND2")->cell_leakage_power);
  EXPECT_DOUBLE_EQ(*library->find("INV")->cell_leakage_power, *whole->find("INV")->cell_leakage_power);
  EXPECT_NE(library->content_hash, read_liberty({inv, nand})->content_hash);
  // Groups one after the other in one file mean the same.
  EXPECT_EQ(parse_liberty(only("INV") + only("NAND2"), "both.lib")->cells.size(), 2u);
}

TEST_F(LibertyFiles, FilesOfSeveralCornersAreRefusedOrNamed) {
  const auto inv = write("inv.lib", only("INV"));
  const auto slow = write("slow.lib", only("NAND2", {{"nom_voltage : 2.0", "nom_voltage : 1.8"}}));
  EXPECT_EQ(message({inv, slow}), slow.string() + ":2: the library is of 1.8 V (nom_voltage), that of " + inv.string() +
                                      " is of 2 V (nom_voltage); files of one voltage are expected");
  const auto other = write("other.lib", only("NAND2", {{"nom_voltage : 2.0;",
                                                        "nom_voltage : 2.0; "
                                                        "slew_lower_threshold_pct_rise : 10;"}}));
  EXPECT_EQ(message({inv, other}), other.string() + ":2: slew_lower_threshold_pct_rise is 10, in " + inv.string() +
                                       " it is 20; equal ones in files of one library are expected");
  const auto hot = write("hot.lib", only("NAND2", {{"nom_voltage : 2.0;",
                                                    "nom_voltage : 2.0; "
                                                    "nom_temperature : 125;"}}));
  EXPECT_EQ(read_liberty({inv, hot})->warnings, std::vector{hot.string() + ":2: temperature 125, in " + inv.string() +
                                                            " it is none; the files are of several corners"});
  const auto again = write("again.lib", only("INV"));
  EXPECT_EQ(message({inv, again}), again.string() + ":11: second cell 'INV'; the first is in " + inv.string() + ":11");
}

struct VoltageCase {
  std::string attributes;
  double voltage;
  std::string source;
};

TEST(LibertyConditions, WhichVoltageIsTaken) {
  const std::string typical = "operating_conditions (typ) { process : 1; voltage : 1.2; temperature : 25; } ";
  const std::string choice = "default_operating_conditions : typ; ";
  const VoltageCase cases[] = {{"nom_voltage : 2.0; " + typical + choice, 1.2, "operating conditions typ"},
                               {"nom_voltage : 2.0; " + typical, 2, "nom_voltage"},
                               {typical, 1.2, "operating conditions typ"},
                               {typical + "voltage_map (VDD, 0.7); " + choice, 1.2, "operating conditions typ"},
                               {"voltage_map (VDD, 0.7); voltage_map (VSS, 0);", 0.7, "voltage_map VDD"}};
  for (const VoltageCase& c : cases) {
    const auto library = parse_liberty(test_library_with("nom_voltage : 2.0;", c.attributes), "x.lib");
    EXPECT_DOUBLE_EQ(library->conditions.voltage, c.voltage) << c.attributes;
    EXPECT_EQ(library->conditions.source, c.source);
  }
  const auto message = [](const std::string& attributes) {
    return message_of<InputError>([&] { parse_liberty(test_library_with("nom_voltage : 2.0;", attributes), "x.lib"); });
  };
  EXPECT_EQ(message(""), "x.lib:2: library without a voltage; nom_voltage or default_operating_conditions is expected");
  EXPECT_EQ(message("voltage_map (A, 1); voltage_map (B, 2);").find("x.lib:2: library without nom_voltage or "), 0u);
}

TEST(LibertyConditions, DisagreeingVoltagesAreSaid) {
  const auto warnings = [](const std::string& attributes) {
    return parse_liberty(test_library_with("nom_voltage : 2.0;", attributes), "x.lib")->warnings;
  };
  const std::string low = "operating_conditions (low) { voltage : 1; } default_operating_conditions : low;";
  EXPECT_EQ(warnings("nom_voltage : 2.0; " + low),
            std::vector<std::string>{"x.lib:5: switching power is of 1 V (operating conditions low); delays and "
                                     "internal power are taken as they stand, though nom_voltage is 2 V"});
  EXPECT_EQ(warnings("nom_voltage : 2.0; default_operating_conditions : none;"),
            std::vector<std::string>{"x.lib:5: default_operating_conditions names 'none', which the library does not "
                                     "have"});
}

// Cells on another rail than the library's are left out, unless all are.
TEST(LibertyConditions, CellsOfAnotherVoltage) {
  std::string text = test_library_with("nom_voltage : 2.0;",
                                       "nom_voltage : 2.0; voltage_map (VDD, 2.0); "
                                       "voltage_map (VIO, 3.3);");
  const auto add_rail = [&](const std::string& cell, const std::string& rail) {
    const std::string head = "cell (" + cell + ") {";
    text.insert(text.find(head) + head.size(),
                fmt::format(" pg_pin (P) {{ voltage_name : {}; pg_type : primary_power; }}", rail));
  };
  add_rail("NAND2", "VIO");
  EXPECT_EQ(parse_liberty(text, "x.lib")->cells.size(), 3u);
  EXPECT_EQ(parse_liberty(text, "x.lib")->warnings.at(0),
            fmt::format("x.lib:{}: the voltage_map gives cells such as NAND2 3.3 V; switching power is of 2 V "
                        "(nom_voltage)",
                        test_library_line("cell (NAND2)")));
  add_rail("INV", "VDD");
  const auto library = parse_liberty(text, "x.lib");
  ASSERT_EQ(library->left_out.size(), 1u);
  EXPECT_EQ(library->left_out[0].name, "NAND2");
  EXPECT_EQ(library->left_out[0].reason, "supplied with 3.3 V, the library with 2 V");
  EXPECT_NE(library->find("INV"), nullptr);
}

TEST(LibertyWarnings, WhatIsMissingIsSaid) {
  const auto warnings = [](const std::string& from, const std::string& to) {
    return parse_liberty(test_library_with(from, to), "x.lib")->warnings;
  };
  using Lines = std::vector<std::string>;
  EXPECT_EQ(warnings("leakage_power_unit : \"1nW\";", ""),
            Lines{"x.lib:2: library without leakage_power_unit; leakage is taken in nW"});
  EXPECT_EQ(warnings("time_unit : \"1ns\";", ""), Lines{"x.lib:2: library without time_unit; 1ns is taken"});
  EXPECT_EQ(warnings("area : 2;", ""),
            Lines{fmt::format("x.lib:{}: 1 of 3 usable cells have no area, which counts as 0; NAND2 is the first",
                              test_library_line("cell (NAND2)"))});
  EXPECT_EQ(warnings("cell_leakage_power : 3;", ""),
            Lines{"x.lib:11: 1 of 3 usable cells have no leakage, which counts as 0; INV is the first"});
}

TEST(LibertyWarnings, LeftOutCellsAreGroupedByReason) {
  std::vector<LeftOutCell> cells;
  for (int i = 0; i < 7; ++i)
    cells.push_back(left_out_cell(fmt::format("A{}", i), "x.lib", fmt::format("x.lib:{}: no table", 10 + i)));
  for (int i = 0; i < 6; ++i)
    cells.push_back(left_out_cell(fmt::format("B{}", i), "x.lib", fmt::format("x.lib:{}: fault {}", 30 + i, i)));
  const auto lines = left_out_warnings(cells);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "x.lib:10: no table; 7 cells are left out: A0, A1, A2, A3, A4, ...");
  EXPECT_EQ(lines[1], "x.lib:30: fault 0; cell B0 is left out");
  EXPECT_EQ(lines[5], "x.lib: 2 more cells are left out, for 2 other reasons");
}

// As Debian's packages have them.
TEST(LibertyNames, FilesOfDebian) {
  std::vector<std::string> files;
  for (const NamedLiberty& named : named_liberties())
    if (named.file.string().starts_with("/usr/share/qflow/tech/")) files.push_back(named.file.string().substr(22));
  EXPECT_EQ(files, (std::vector<std::string>{"osu018/osu018_stdcells.lib", "osu035/osu035_stdcells.lib",
                                             "osu050/osu05_stdcells.lib"}));
}

TEST_F(LibertyFiles, NamesAndListsOfFiles) {
  const fs::path a = write("a.lib", "x"), b = write("b.lib", "x"), odd = write("a,b+c.lib", "x");
  EXPECT_EQ(find_liberty("a.lib,b.lib", "--liberty", folder_.path()), (std::vector{a, b}));
  EXPECT_EQ(find_liberty("a.lib + b.lib", "--liberty", folder_.path()), (std::vector{a, b}));
  EXPECT_EQ(find_liberty("a,b+c.lib", "--liberty", folder_.path()), std::vector{odd});
  EXPECT_EQ(portable_liberty("a.lib,b.lib", "--liberty", folder_.path()), a.string() + "," + b.string());
  const auto refusal = [&](const std::string& text) {
    return message_of<InputError>([&] { find_liberty(text, "--liberty", folder_.path()); });
  };
  EXPECT_EQ(refusal("a.lib,a.lib"),
            "--liberty: " + a.string() + " is given twice; each file of a library once is expected");
  EXPECT_EQ(refusal("a.lib,"), "--liberty: 'a.lib,' has an empty entry; names or files between commas are expected");
  EXPECT_EQ(refusal("a.lib,c.lib").find("--liberty: no Liberty file "), 0u);
}

}  // namespace
}  // namespace tram
