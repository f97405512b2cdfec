#include "models/cells/timing/static_timing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tuple>

#include <cmath>
#include <sstream>
#include <tuple>

#include "models/cells/energy/power_model.hpp"
#include "models/cells/mapping/technology_mapping.hpp"
#include "models/cells/netlist/mapped_verilog.hpp"
#include "models/cells/timing/opensta.hpp"
#include "models/cells/timing/wires.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/cells/test_library.hpp"

namespace tram {
namespace {

/// Two inverters, from input a over net n to output y.
struct Chain {
  MappedNetlistBuilder b;
  NetId a = b.input("a"), n = b.net("n"), y = b.net("y");

  MappedNetlist build() {
    b.cell("INV", "u1", {a, n});
    b.cell("INV", "u2", {n, y});
    b.output("y", y);
    return b.build();
  }
};

TEST(StaticTiming, ChainByHand) {
  Chain chain;
  const auto [a, n, y] = std::tuple(chain.a, chain.n, chain.y);
  const MappedNetlist netlist = chain.build();
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

/// Three cells of mean area 4/3; net n has four pins, the outputs two with their ports.
TEST(Wires, CapacitanceOfANetByHand) {
  MappedNetlistBuilder b;
  const NetId a = b.input("a"), n = b.net("n"), y = b.net("y"), z = b.net("z");
  b.cell("INV", "u1", {a, n});
  b.cell("INV", "u2", {n, y});
  b.cell("NAND2", "u3", {n, n, z});
  b.output("y", y);
  b.output("z", z);
  const MappedNetlist netlist = b.build();
  const double wire = 1.7 * std::sqrt(4.0 / 3) * 0.2e-15;
  EXPECT_DOUBLE_EQ(wire_capacitance(netlist, 0.2e-15), wire);
  TimingOptions options;
  options.output_load = 0.02e-12;
  const std::vector<EdgePair> without = net_loads(netlist, options);
  options.wire_capacitance = wire;
  const std::vector<EdgePair> with = net_loads(netlist, options);
  for (const auto& [net, pins] : {std::pair{a, 1}, {n, 3}, {y, 1}, {z, 1}}) {
    EXPECT_DOUBLE_EQ(with[net].rise, without[net].rise + pins * wire);
    EXPECT_DOUBLE_EQ(with[net].fall, without[net].fall + pins * wire);
  }
  EXPECT_EQ(with[constant_zero].rise, 0);
  const std::string spef = to_spef(netlist, options, "top");
  const std::string of_n = fmt::format(
      "*D_NET n{0} {1:.9g}\n*CONN\n*I u0:Y O\n*I u1:A I\n*I u2:A I\n*I u2:B I\n*CAP\n1 u0:Y {1:.9g}\n*RES\n"
      "1 u0:Y u1:A 0.001\n2 u0:Y u2:A 0.001\n3 u0:Y u2:B 0.001\n*END\n",
      n, 3e15 * wire);
  EXPECT_NE(spef.find(of_n), std::string::npos) << spef;
  EXPECT_NE(spef.find(fmt::format("*D_NET a[0] {:.9g}\n*CONN\n*P a[0] I\n*I u0:A I\n", 1e15 * wire)), std::string::npos)
      << spef;
}

/// A net's wire is switched with its pins: 1/2 C V^2.
TEST(Wires, AreInTheEnergyOfATransition) {
  Chain chain;
  const NetId n = chain.n;
  const MappedNetlist netlist = chain.build();
  TimingOptions wires;
  wires.wire_capacitance = 5e-15;
  EXPECT_NEAR(PowerModel(netlist, wires).switching_energy(n) - PowerModel(netlist).switching_energy(n),
              0.5 * 5e-15 * 2 * 2, 1e-24);
}

/// W of a tree of inverters whose input toggles in half of the cycles of 10 ns, so that every net does; by OpenSTA with the
/// wires from SPEF.
EnergyShares opensta_power(const MappedNetlist& netlist, const TimingOptions& options) {
  const TemporaryFolder folder;
  write_file(folder.path() / "netlist.v", to_verilog(netlist, "mapped"));
  write_file(folder.path() / "wires.spef", to_spef(netlist, options, "mapped"));
  write_file(folder.path() / "run.tcl",
             fmt::format("read_liberty {}\nread_verilog netlist.v\nlink_design mapped\nread_spef wires.spef\n"
                         "create_clock -name c -period 10\nset_input_delay 0 -clock c [all_inputs]\n"
                         "set_power_activity -input -activity 0.5 -duty 0.5\nreport_power -digits 6\nexit\n",
                         netlist.library().files[0].path.string()));
  std::istringstream lines(run_tool({"sta", "-no_splash", "-exit", "run.tcl"}, folder.path()).output);
  for (std::string line, name; std::getline(lines, line);) {
    EnergyShares power;
    std::istringstream words(line);
    if (words >> name >> power.internal >> power.switching >> power.leakage && name == "Total") return power;
  }
  ADD_FAILURE() << "OpenSTA reports no power";
  return {};
}

TEST(Wires, PowerAgreesWithOpenstaBySpef) {
  const std::filesystem::path library = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
  if (find_program("sta").empty() || find_program("yosys").empty() || !std::filesystem::exists(library))
    GTEST_SKIP() << "OpenSTA, Yosys or osu018 is not installed (Debian packages opensta, yosys, qflow-tech-osu018)";
  const TemporaryFolder folder;
  write_file(folder.path() / "tree.v",
             "module tree (a, y, z);\n  input a;\n  output y, z;\n  wire n, m;\n  INVX1 u0 (.A(a), .Y(n));\n"
             "  INVX2 u1 (.A(n), .Y(m));\n  INVX1 u2 (.A(n), .Y(y));\n  INVX4 u3 (.A(m), .Y(z));\nendmodule\n");
  const MappedNetlist netlist = read_mapped_verilog(folder.path() / "tree.v", "tree", read_liberty(library));
  TimingOptions wires;
  wires.wire_capacitance = 20e-15;
  Activity activity;
  activity.toggles.assign(netlist.net_count(), 500);
  activity.duty.assign(netlist.net_count(), 0.5);
  activity.cycles = 1000;
  activity.time = 1000 * 10e-9;
  const auto ours = [&](const TimingOptions& options) {
    const EnergyShares total = PowerModel(netlist, options, PowerConvention::opensta).energy(activity).total;
    return EnergyShares{total.internal / activity.time, total.switching / activity.time, total.leakage / activity.time};
  };
  const EnergyShares without = ours({}), with = ours(wires);
  const EnergyShares theirs_without = opensta_power(netlist, {}), theirs_with = opensta_power(netlist, wires);
  EXPECT_NEAR(without.switching / theirs_without.switching, 1, 1e-3);
  EXPECT_NEAR(with.switching / theirs_with.switching, 1, 1e-3);
  EXPECT_GT(with.switching, 1.5 * without.switching);
  // Debian's OpenSTA, of 2019, counts some twice the internal energy that the later one of PowerReference counts.
  EXPECT_NEAR(with.internal / without.internal, theirs_with.internal / theirs_without.internal, 5e-4);
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
    TimingOptions wires;
    wires.wire_capacitance = wire_capacitance(netlist, .17e-15);
    const double longer = static_timing(netlist, wires).critical_path * 1e9;
    const double of_spef = opensta_critical_path(netlist, wires).seconds.value() * 1e9;
    EXPECT_GT(longer, 1.01 * ours) << name;
    EXPECT_NEAR(longer / of_spef, 1, 0.001) << name << ": " << longer << " ns, OpenSTA with SPEF " << of_spef << " ns";
  }
}

}  // namespace
}  // namespace tram
