#include "sim/config/resolve_scenario.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "models/cells/liberty/liberty_names.hpp"
#include "models/memory/sram.hpp"
#include "models/support/error.hpp"
#include "sim/config/scenario_keys.hpp"
#include "tests/config/scratch_folder.hpp"

namespace tram {
namespace {

class Resolve : public testing::Test {
 protected:
  Scenario resolve(const std::string& yaml, const std::vector<std::string>& assignments = {}) {
    folder_.write("cells.lib", "library (cells) {}\n");
    std::vector<RawValue> overrides;
    for (const std::string& assignment : assignments) overrides.push_back(parse_override(assignment));
    const std::string text = "technology.liberty: cells.lib\n" + yaml;
    return resolve_scenario(load_scenario_file(folder_.write("case.yaml", text)), overrides);
  }

  ScratchFolder folder_;
};

TEST_F(Resolve, DefaultsOfTheKeysAreThoseOfTheStruct) {
  const Scenario resolved = resolve("");
  EXPECT_EQ(resolved.name, "case");
  const Scenario plain;
  for (const ScenarioKey& key : scenario_keys()) {
    if (key.name == "technology.liberty" || key.name == "memory.sram_node") continue;
    EXPECT_EQ(key.get(resolved), key.get(plain)) << key.name;
  }
}

TEST_F(Resolve, ScratchpadsAreOfTheNodeOfTheLibrary) {
  EXPECT_EQ(resolve("").sram_node, "45nm") << "the node of a file is not known";
  const Scenario scenario = resolve("memory: { weights: 64 KiB, weights_port: 16 B }\n", {"memory.sram_node=22nm"});
  const SramFigures figures = sram_figures("22nm", 32 << 10, 16);  // two banks
  EXPECT_EQ(scenario.weights.read_energy_per_byte, figures.read_j / 16);
  EXPECT_EQ(scenario.weights.write_energy_per_byte, figures.write_j / 16);
  EXPECT_EQ(scenario.weights.leakage_w, 2 * figures.leakage_w);
  EXPECT_EQ(scenario.weights.area_mm2, 2 * figures.area_mm2);
  for (const NamedLiberty& named : named_liberties()) {
    if (!std::filesystem::exists(named.file)) continue;
    Scenario of = resolve("", {"technology.liberty=" + named.name});
    EXPECT_EQ(of.sram_node, nearest_sram_node(named.node_nm).name) << named.name;
    EXPECT_NE(access_energy_note(of).find(named.node_nm > 180 ? "not the node of" : "the node of"), std::string::npos);
  }
}

TEST_F(Resolve, WiresAreOfTheLibrary) {
  EXPECT_EQ(resolve("").technology.wire_f_used(), 0) << "without the key";
  EXPECT_NE(message_of<InputError>([&] {
              resolve("technology: { wires: estimate }\n");
            }).find("whose wires are not known; technology.wire_capacitance is expected"),
            std::string::npos);
  const Scenario own = resolve("", {"technology.wires=estimate", "technology.wire_capacitance=0.2 fF"});
  EXPECT_DOUBLE_EQ(own.technology.wire_f_used(), 0.2e-15);
  for (const NamedLiberty& named : named_liberties()) {
    if (!std::filesystem::exists(named.file) || named.wire_f_per_um == 0) continue;
    const Scenario of = resolve("", {"technology.liberty=" + named.name, "technology.wires=estimate"});
    EXPECT_EQ(of.technology.wire_f_used(), named.wire_f_per_um) << named.name;
  }
}

TEST_F(Resolve, InlineMapsOfTheDesign) {
  const Scenario scenario = resolve(
      "network: resnet20_cifar10\n"
      "data: { set: cifar10, images: 1 }\n"
      "quantise: { bits: 8, weights: per_channel, activations: per_layer, calibrate: mse }\n"
      "multiplier: trunc3\n"
      "array: { rows: 16, columns: 32, dataflow: weight_stationary, clock: 500 MHz }\n"
      "memory: { dram: hbm2, weights: 64 KiB, activations: 256 KiB, outputs: 128 KiB, weights_port: 32 B }\n"
      "engine: rtl\n");
  EXPECT_EQ(scenario.data.images, 1);
  EXPECT_EQ(scenario.multiplier, "trunc3");
  EXPECT_EQ(scenario.array.rows, 16);
  EXPECT_EQ(scenario.array.columns, 32);
  EXPECT_EQ(scenario.array.clock_hz, 500e6);
  EXPECT_EQ(scenario.dram.name, "hbm2");
  EXPECT_FALSE(scenario.dram.simple);
  EXPECT_EQ(scenario.weights.bytes, 65536);
  EXPECT_EQ(scenario.weights.port_bytes, 32);
  EXPECT_EQ(scenario.activations.port_bytes, 64);
}

TEST_F(Resolve, PresetsGiveWayToTheirDetailsInAnyOrder) {
  const Scenario scenario =
      resolve("memory:\n  dram_latency: 10 ns\n  weights_energy: 1 pJ/B\n  weights: 512 KiB\n  dram: ddr4_2400\n");
  EXPECT_TRUE(scenario.dram.simple) << "a figure is given, so there are no banks";
  EXPECT_EQ(scenario.dram.latency_s, 10e-9);
  EXPECT_EQ(scenario.dram.bandwidth, 19.2e9);
  EXPECT_EQ(scenario.weights.read_energy_per_byte, 1e-12);
  EXPECT_EQ(scenario.weights.write_energy_per_byte, 1e-12);
  EXPECT_EQ(scenario.activations.read_energy_per_byte, sram_figures("45nm", 128 << 10, 64).read_j / 64);
  EXPECT_TRUE(resolve("memory: { dram: ideal }\n").dram.simple);
}

TEST_F(Resolve, FiguresOfADramWithBanksAreNotWritten) {
  const Scenario banks = resolve("");
  for (const char* key : {"memory.dram_latency", "memory.dram_bandwidth", "memory.dram_burst", "memory.dram_energy"})
    EXPECT_EQ(find_scenario_key(key)->get(banks), "");
  const Scenario again = resolve_scenario(load_scenario_file(folder_.write("again.yaml", scenario_as_yaml(banks))));
  EXPECT_FALSE(again.dram.simple);
}

TEST_F(Resolve, DefaultThenFileThenOverrides) {
  EXPECT_EQ(resolve("").array.rows, 64);
  EXPECT_EQ(resolve("array: { rows: 32 }\n").array.rows, 32);
  EXPECT_EQ(resolve("array: { rows: 32 }\n", {"array.rows=16"}).array.rows, 16);
  EXPECT_EQ(resolve("array: { rows: 32 }\n", {"array.rows=16", "array.rows=8"}).array.rows, 8);
  EXPECT_EQ(resolve("memory: { dram: hbm2 }\n", {"memory.dram=ideal"}).dram.latency_s, 0);
  EXPECT_TRUE(std::isinf(resolve("", {"memory.dram_bandwidth=unlimited"}).dram.bandwidth));
}

TEST_F(Resolve, PathsOfAFileStartFromItsFolder) {
  folder_.write("mine.blif", ".model mine\n.end\n");
  const Scenario scenario = resolve("multiplier: mine.blif\nquantise: { bits: 4 }\n");
  EXPECT_EQ(scenario.multiplier, (folder_.path() / "mine.blif").string());
  EXPECT_EQ(scenario.technology.liberty, std::vector{folder_.path() / "cells.lib"});
  EXPECT_EQ(scenario.technology.name, "cells");
}

TEST_F(Resolve, PathsOfAnOverrideStartFromTheCurrentFolder) {
  folder_.write("other.lib", "library (other) {}\n");
  std::filesystem::current_path(folder_.path());
  EXPECT_EQ(resolve("", {"technology.liberty=other.lib"}).technology.liberty,
            std::vector{folder_.path() / "other.lib"});
  std::filesystem::current_path("/");
  EXPECT_NE(message_of<InputError>([&] { resolve("", {"technology.liberty=other.lib"}); }), "");
}

TEST_F(Resolve, NamedLiberties) {
  std::filesystem::create_directories(folder_.path() / "liberty");
  folder_.write("liberty/asap7_rvt_tt.lib", "library (asap7) {}\n");
  setenv("TRAM_DATA", folder_.path().c_str(), 1);
  const Scenario scenario = resolve("", {"technology.liberty=asap7"});
  EXPECT_EQ(scenario.technology.name, "asap7");
  EXPECT_EQ(scenario.technology.liberty, std::vector{folder_.path() / "liberty/asap7_rvt_tt.lib"});
  const auto refusal = [&](const std::string& name) {
    return message_of<InputError>([&] { resolve("", {"technology.liberty=" + name}); });
  };
  const std::string missing = refusal("sky130hd");
  EXPECT_EQ(missing.find("--set technology.liberty: library 'sky130hd' is not there: no "), 0u) << missing;
  EXPECT_NE(missing.find("asap7"), std::string::npos) << missing;
  EXPECT_EQ(refusal("asap6").find("--set technology.liberty: unknown library 'asap6'; a Liberty file or one"), 0u);
  EXPECT_EQ(refusal("no/where.lib").find("--set technology.liberty: no Liberty file "), 0u);
}

// One library of several files: between commas or as a YAML list, from the scenario's folder.
TEST_F(Resolve, LibertyTakesAList) {
  const std::vector<std::filesystem::path> files = {folder_.write("a.lib", "x"), folder_.write("b.lib.gz", "x")};
  for (const std::string value : {"\"a.lib,b.lib.gz\"", "[a.lib, b.lib.gz]"}) {
    const Scenario scenario =
        resolve_scenario(load_scenario_file(folder_.write("list.yaml", "technology: { liberty: " + value + " }\n")));
    EXPECT_EQ(scenario.technology.liberty, files);
    EXPECT_EQ(scenario.technology.name, "a and 1 more");
    EXPECT_EQ(find_scenario_key("technology.liberty")->get(scenario), files[0].string() + "," + files[1].string());
  }
  const std::string refusal = message_of<InputError>([&] { resolve("multiplier: [trunc3, trunc4]\n"); });
  EXPECT_NE(refusal.find("multiplier: a list; "), std::string::npos) << refusal;
}

TEST_F(Resolve, YamlOfAScenarioResolvesToTheSame) {
  const Scenario first = resolve(
      "array: { rows: 7, clock: 333.3 MHz }\nmemory: { dram: ideal, weights: 100 kB, outputs_energy: 0.7 pJ/B }\n"
      "report: { power_window: 12345 }\nquantise: { calibrate: percentile, percentile: 99.5 }\n");
  const Scenario second = resolve_scenario(load_scenario_file(folder_.write("case2.yaml", scenario_as_yaml(first))));
  for (const ScenarioKey& key : scenario_keys()) EXPECT_EQ(key.get(first), key.get(second)) << key.name;
  EXPECT_EQ(first.array.clock_hz, second.array.clock_hz);
  EXPECT_TRUE(second.dram.simple);
  EXPECT_EQ(first.weights.write_energy_per_byte, second.weights.write_energy_per_byte);
  EXPECT_EQ(first.outputs.read_energy_per_byte, second.outputs.read_energy_per_byte);
}

TEST_F(Resolve, EveryDefaultIsAllowed) {
  folder_.write("cells.lib", "library (cells) {}\n");
  for (const ScenarioKey& key : scenario_keys()) {
    EXPECT_FALSE(key.sentence.empty()) << key.name;
    EXPECT_FALSE(key.allowed.empty()) << key.name;
    if (key.derived || key.name == "technology.liberty") continue;
    Scenario scenario;
    EXPECT_EQ(message_of<InputError>([&] { key.set(scenario, {key.name, key.default_text, key.name, {}}); }), "");
    EXPECT_EQ(key.get(scenario), key.default_text) << key.name;
  }
}

TEST_F(Resolve, AccessEnergiesNameTheirSource) {
  const std::string published = access_energy_note(resolve(""));
  EXPECT_NE(published.find("45nm: CACTI 7, itrs-lstp, the node of cells is not known"), std::string::npos) << published;
  EXPECT_NE(published.find("DRAM lpddr4_3200: 1.2 nJ an activation, 2.17 and 1.29 nJ a burst of 32 B"),
            std::string::npos)
      << published;
  const std::string simple = access_energy_note(resolve("", {"memory.dram_latency=50 ns"}));
  EXPECT_NE(simple.find("DRAM 64 pJ/B without banks (lpddr4_3200: one x16 channel"), std::string::npos) << simple;
  const std::string own =
      access_energy_note(resolve("", {"memory.dram_energy=50 pJ/B", "memory.outputs_energy=1 pJ/B"}));
  EXPECT_NE(own.find("DRAM 50 pJ/B without banks (from the scenario)"), std::string::npos) << own;
  EXPECT_NE(own.find("1 (from the scenario) pJ/B read/written (weights"), std::string::npos) << own;
  EXPECT_NE(own.find("vector unit 3.3 pJ an operation (int32 multiply and two adds, Horowitz"), std::string::npos)
      << own;
  EXPECT_NE(own.find("several nodes are added up: cells not known, SRAM 45 nm, vector unit 45 nm; DRAM apart"),
            std::string::npos)
      << own;
}

/// One node where the scenario gives the vector unit's energy and there is SRAM of the cells' node.
TEST_F(Resolve, NodesThatAreAddedUpAreSaid) {
  const std::filesystem::path library = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
  if (!std::filesystem::exists(library)) GTEST_SKIP() << "osu018 is not installed (Debian package qflow-tech-osu018)";
  const std::string mixed = access_energy_note(resolve("", {"technology.liberty=osu018"}));
  EXPECT_TRUE(
      mixed.ends_with("energies of several nodes are added up: cells 180 nm, SRAM 180 nm, vector unit 45 nm; "
                      "DRAM apart"))
      << mixed;
  const std::string one = access_energy_note(resolve("", {"technology.liberty=osu018", "vector.energy=40 pJ"}));
  EXPECT_TRUE(
      one.ends_with("vector unit 40 pJ an operation (from the scenario); one node is added up: cells 180 nm, "
                    "SRAM 180 nm; DRAM apart"))
      << one;
}

}  // namespace
}  // namespace tram
