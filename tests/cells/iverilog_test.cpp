// Toggles of every net against an event-driven simulation by Icarus Verilog with the same delays as SDF.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/cells/test_library.hpp"
#include "tests/cells/verilog_models.hpp"

namespace tram {
namespace {

std::string testbench(const MappedNetlist& netlist, size_t vectors, int64_t period) {
  std::string text = fmt::format(
      "`timescale 1ps/1ps\nmodule bench;\n  reg [15:0] in, vectors [0:{}];\n"
      "  integer i, count [0:{}];\n  dut u (.in(in));\n",
      vectors - 1, netlist.net_count() - 1);
  for (NetId net = 2; net < netlist.net_count(); ++net) {
    text += fmt::format("  always @(u.n{0}) count[{0}] = count[{0}] + 1;\n", net);
  }
  text += fmt::format(
      "  initial begin\n    $sdf_annotate(\"delays.sdf\", u);\n"
      "    $readmemh(\"vectors.hex\", vectors);\n"
      "    in = vectors[0];\n    #{0};\n    for (i = 0; i < {1}; i = i + 1) count[i] = 0;\n"
      "    for (i = 1; i < {2}; i = i + 1) begin in = vectors[i]; #{0}; end\n"
      "    for (i = 2; i < {1}; i = i + 1) $display(\"count %0d %0d\", i, count[i]);\n    $finish;\n"
      "  end\nendmodule\n",
      period, netlist.net_count(), vectors);
  return text;
}

std::vector<double> icarus_toggles(const MappedNetlist& netlist, const NetlistDelays& delays,
                                   const OperandStimulus& stimulus, int64_t period) {
  const TemporaryFolder folder;
  const VerilogModels models = verilog_models(netlist, delays);
  write_file(folder.path() / "cells.v", models.cells);
  write_file(folder.path() / "netlist.v", models.netlist);
  write_file(folder.path() / "delays.sdf", models.delays);
  write_file(folder.path() / "bench.v", testbench(netlist, stimulus.vectors.size(), period));
  std::string hex;
  for (const uint64_t vector : stimulus.vectors) hex += fmt::format("{:04x}\n", vector);
  write_file(folder.path() / "vectors.hex", hex);
  const ProcessResult compiled = run_process(
      {"iverilog", "-g2012", "-gspecify", "-o", "bench.vvp", "cells.v", "netlist.v", "bench.v"}, folder.path());
  EXPECT_EQ(compiled.exit_code, 0) << compiled.output;
  const ProcessResult result = run_process({"vvp", "-n", "bench.vvp"}, folder.path());
  EXPECT_EQ(result.exit_code, 0) << result.output;
  std::vector<double> toggles(netlist.net_count(), 0);
  std::istringstream lines(result.output);
  size_t found = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    size_t net = 0;
    double count = 0;
    if (words >> word >> net >> count && word == "count" && net < toggles.size()) {
      toggles[net] = count;
      ++found;
    }
  }
  EXPECT_EQ(found + 2, netlist.net_count()) << result.output.substr(0, 2000);
  return toggles;
}

void compare(const std::string& library_file, const std::string& multiplier, AdderCells adders) {
  if (find_program("iverilog").empty()) GTEST_SKIP() << "iverilog is not installed";
  if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
  if (!std::filesystem::exists(library_file)) GTEST_SKIP() << "no Liberty file " << library_file;
  MultiplierMappingOptions options;
  options.adders = adders;
  const MappedNetlist netlist = map_multiplier(find_multiplier(multiplier), read_liberty(library_file), options);
  const NetlistTiming timing = static_timing(netlist);
  const NetlistDelays delays = library_delays(netlist, timing, 1e-12);
  const OperandStimulus stimulus = uniform_stimulus(8, 8, 10000, 3);
  const double period = 2 * timing.critical_path;
  const MultiplierPorts ports = multiplier_ports(netlist);
  std::vector<NetId> inputs = ports.a->bits;  // the order of ports, as in verilog_netlist
  inputs.insert(inputs.end(), ports.b->bits.begin(), ports.b->bits.end());
  const Activity ours = simulate_timed(netlist, delays, inputs, stimulus.vectors, period);
  const auto theirs = icarus_toggles(netlist, delays, stimulus, std::lround(period * 1e12));
  double total = 0, total_theirs = 0, difference = 0, worst = 0;
  for (NetId net = 2; net < netlist.net_count(); ++net) {
    total += ours.toggles[net];
    total_theirs += theirs[net];
    difference += std::abs(ours.toggles[net] - theirs[net]);
    if (theirs[net] >= 1000) worst = std::max(worst, std::abs(ours.toggles[net] / theirs[net] - 1));
  }
  const std::string figures = fmt::format("total {:+.4f}, mean of nets {:.4f}, worst net {:.4f}, {:.0f} toggles",
                                          total / total_theirs - 1, difference / total_theirs, worst, total);
  testing::Test::RecordProperty("difference", figures);
  EXPECT_GT(total_theirs, 100000);
  EXPECT_NEAR(total / total_theirs, 1, 0.01) << figures;
  EXPECT_LT(difference / total_theirs, 0.02) << figures;
  EXPECT_LT(worst, 0.1) << figures;
}

constexpr const char* osu018 = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

TEST(Icarus, ArrayOfAdderCells) { compare(osu018, "exact", AdderCells::library); }

TEST(Icarus, ArrayOfGates) { compare(osu018, "exact", AdderCells::gates); }

TEST(Icarus, Sg13g2) { compare((data_folder() / "liberty/sg13g2_typ.lib").string(), "trunc4", AdderCells::gates); }

TEST(Icarus, Asap7InvertingAdderCells) {
  compare((data_folder() / "liberty/asap7_rvt_tt.lib").string(), "exact", AdderCells::library);
}

}  // namespace
}  // namespace tram
