#include "models/cells/timing/static_timing.hpp"

#include <gtest/gtest.h>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/cells/timing/opensta.hpp"
#include "models/support/process.hpp"
#include "tests/cells/test_library.hpp"

namespace tram {
namespace {

TEST(StaticTiming, ChainByHand) {
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), n = b.net("n"), y = b.net("y");
  b.cell("INV", "u1", {a, n});
  b.cell("INV", "u2", {n, y});
  b.output("y", y);
  const MappedNetlist netlist = b.build();
  TimingOptions options;
  options.input_slew = 0.1e-9;
  options.output_load = 0.02e-12;
  const NetlistTiming timing = static_timing(netlist, options);
  EXPECT_DOUBLE_EQ(timing.load[n].rise, 0.01e-12);
  EXPECT_DOUBLE_EQ(timing.load[n].fall, 0.008e-12);
  const double n_rise = 0.1 + 0.2 * 0.1 + 3 * 0.01, n_fall = 0.2 + 0.2 * 0.1 + 2 * 0.008;
  EXPECT_NEAR(timing.arrival[n].rise, n_rise * 1e-9, 1e-18);
  EXPECT_NEAR(timing.arrival[n].fall, n_fall * 1e-9, 1e-18);
  EXPECT_NEAR(timing.slew[n].rise, (0.05 + 10 * 0.01) * 1e-9, 1e-18);
  EXPECT_NEAR(timing.slew[n].fall, (0.05 + 10 * 0.008) * 1e-9, 1e-18);
  const double y_rise = n_fall + 0.1 + 0.2 * 0.13 + 3 * 0.02, y_fall = n_rise + 0.2 + 0.2 * 0.15 + 2 * 0.02;
  EXPECT_NEAR(timing.arrival[y].rise, y_rise * 1e-9, 1e-18);
  EXPECT_NEAR(timing.arrival[y].fall, y_fall * 1e-9, 1e-18);
  EXPECT_NEAR(timing.critical_path, std::max(y_rise, y_fall) * 1e-9, 1e-18);
  ASSERT_EQ(timing.path.size(), 3u);
  EXPECT_EQ(timing.path.front().net, a);
  EXPECT_EQ(timing.path.back().net, y);
  EXPECT_EQ(timing.arcs.size(), 2u);
}

TEST(StaticTiming, RegisterToRegisterIncludesClockToOutputAndSetup) {
  MappedNetlistBuilder b;
  const NetId clock = b.input("clk"), q = b.net("q"), n = b.net("n"), q2 = b.net("q2");
  b.cell("DFF", "r1", {clock, n, q});
  b.cell("INV", "u", {q, n});
  b.cell("DFF", "r2", {clock, n, q2});
  b.output("y", q2);
  const MappedNetlist netlist = b.build();
  const double q_rise = 0.1 + 3 * 0.01, q_fall = 0.2 + 2 * 0.008;
  const double n_load = 0.1;
  const double n_rise = q_fall + 0.1 + 0.2 * (0.05 + 0.08) + 3 * n_load;
  const double n_fall = q_rise + 0.2 + 0.2 * (0.05 + 0.1) + 2 * n_load;
  EXPECT_NEAR(static_timing(netlist).critical_path, std::max(n_rise + 0.3, n_fall + 0.4) * 1e-9, 1e-18);
  TimingOptions options;
  options.include_setup = false;
  EXPECT_NEAR(static_timing(netlist, options).critical_path, std::max(n_rise, n_fall) * 1e-9, 1e-18);
}

TEST(StaticTiming, AgreesWithOpensta) {
  if (find_program("sta").empty()) GTEST_SKIP() << "OpenSTA is not installed (Debian package opensta)";
  const auto data = data_folder() / "power_reference";
  const std::pair<std::filesystem::path, std::string> cases[] = {
      {data_folder() / "liberty/sg13g2_typ.lib", "sg13g2_star_u"},
      {"/usr/share/qflow/tech/osu018/osu018_stdcells.lib", "osu018_star_u"}};
  for (const auto& [library, name] : cases) {
    const auto netlist_file = data / name / "netlist.v";
    if (!std::filesystem::exists(netlist_file) || !std::filesystem::exists(library)) {
      GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
    }
    const MappedNetlist netlist = read_mapped_verilog(netlist_file, "star_u", read_liberty(library));
    const double ours = static_timing(netlist).critical_path * 1e9;
    const double theirs = opensta_critical_path(netlist).seconds.value() * 1e9;
    RecordProperty(name, std::to_string(ours) + " " + std::to_string(theirs));
    EXPECT_NEAR(ours / theirs, 1, 0.001) << name << ": " << ours << " ns, OpenSTA " << theirs << " ns";
  }
}

}  // namespace
}  // namespace tram
