#include "models/cells/mapping/multiplier_mapping.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/netlist/adder_cells.hpp"
#include "models/cells/netlist/mapped_verilog.hpp"
#include "models/cells/timing/opensta.hpp"
#include "models/cells/timing/static_timing.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/cells/netlist_simulation.hpp"
#include "tests/cells/test_library.hpp"

namespace tram {
namespace {

// All operand pairs of the mapped netlist against the truth table of its source.
void expect_equal(const MappedNetlist& mapped, const Netlist& source) {
  const TruthTable table = truth_table(source);
  const MultiplierPorts ports = multiplier_ports(mapped);
  const size_t pairs = size_t{1} << (source.a.size() + source.b.size());
  NetlistSimulation simulation(mapped);
  for (size_t first = 0; first < pairs; first += 64) {
    for (const auto& [port, shift] : {std::pair{ports.b, size_t{0}}, std::pair{ports.a, source.b.size()}}) {
      for (size_t bit = 0; bit < port->bits.size(); ++bit) {
        uint64_t lanes = 0;
        for (size_t lane = 0; lane < 64; ++lane) lanes |= ((first + lane) >> (shift + bit) & 1) << lane;
        simulation.set(port->bits[bit], lanes);
      }
    }
    simulation.settle();
    const uint64_t mask = (uint64_t{1} << ports.product->bits.size()) - 1;
    for (unsigned lane = 0; lane < std::min<size_t>(64, pairs); ++lane) {
      const auto expected = static_cast<uint64_t>(static_cast<int64_t>(table.values[first + lane])) & mask;
      ASSERT_EQ(simulation.port(ports.product->name, lane), expected) << source.name << ' ' << first + lane;
    }
  }
}

size_t count_cells(const MappedNetlist& netlist, const LibertyCell* type) {
  return static_cast<size_t>(std::count_if(netlist.cells().begin(), netlist.cells().end(),
                                           [&](const MappedCell& cell) { return cell.type == type; }));
}

TEST(AdderCells, FoundByFunctionWhateverTheNames) {
  std::string text = test_library_text();
  const auto cell = [](const std::string& name, int area, const std::string& sum, const std::string& carry) {
    const std::string timing =
        "timing () { related_pin : \"P, Q\"; cell_rise (scalar) { values (\"1\"); } "
        "cell_fall (scalar) { values (\"1\"); } }";
    return fmt::format(
        "cell ({}) {{ area : {}; pin (P) {{ direction : input; capacitance : 0.01; }}\n"
        "pin (Q) {{ direction : input; capacitance : 0.01; }}\n"
        "pin (S) {{ direction : output; function : \"{}\"; {} }}\n"
        "pin (C) {{ direction : output; function : \"{}\"; {} }} }}\n",
        name, area, sum, timing, carry, timing);
  };
  text.insert(text.rfind('}'), cell("BIG", 9, "P^Q", "P Q") + cell("SMALL", 5, "!(P^Q)", "(!P)+(!Q)") +
                                   cell("OTHER", 1, "P^Q", "P+Q") + cell("SAME", 1, "P^Q", "P^Q"));
  const auto library = parse_liberty(text, "adders.lib");
  const auto adder = find_adder_cell(*library, 2);
  ASSERT_TRUE(adder.has_value());
  EXPECT_EQ(adder->cell->name, "SMALL");
  EXPECT_TRUE(adder->inverts_sum);
  EXPECT_TRUE(adder->inverts_carry);
  EXPECT_EQ(adder->cell->pins[static_cast<size_t>(adder->carry)].name, "C");
  EXPECT_FALSE(find_adder_cell(*library, 3).has_value());
  EXPECT_FALSE(find_adder_cell(*test_library(), 2).has_value());
}

TEST(AdderCells, OfTheRealLibraries) {
  if (real_libraries().empty()) GTEST_SKIP() << "no Liberty file found";
  for (const auto& path : real_libraries()) {
    const auto library = read_liberty(path);
    const auto half = find_adder_cell(*library, 2), full = find_adder_cell(*library, 3);
    const std::string name = path.filename().string();
    if (name.starts_with("sg13g2")) {
      EXPECT_FALSE(half || full);
      continue;
    }
    ASSERT_TRUE(half && full) << path;
    const std::string expected = name.starts_with("asap7")    ? "HAxp5_ASAP7_75t_R FAx1_ASAP7_75t_R"
                                 : name.starts_with("sky130") ? "sky130_fd_sc_hd__ha_1 sky130_fd_sc_hd__fa_1"
                                                              : "HAX1 FAX1";
    EXPECT_EQ(half->cell->name + " " + full->cell->name, expected);
    EXPECT_EQ(full->inverts_sum && full->inverts_carry, name.starts_with("asap7"));
  }
}

class RealMultiplierMapping : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty()) GTEST_SKIP() << "yosys is not installed";
    if (real_libraries().empty()) GTEST_SKIP() << "no Liberty file found";
  }
};

TEST_F(RealMultiplierMapping, EqualsItsSourceInEveryLibrary) {
  for (const auto& path : real_libraries()) {
    const auto library = read_liberty(path);
    for (const std::string name : {"exact", "trunc6"}) {
      const Netlist source = find_multiplier(name);
      for (const AdderCells adders : {AdderCells::library, AdderCells::gates}) {
        MultiplierMappingOptions options;
        options.adders = adders;
        const MappedNetlist mapped = map_multiplier(source, library, options);
        expect_equal(mapped, source);
        for (const auto& [inputs, kind] : {std::pair{2, GateKind::half_adder}, std::pair{3, GateKind::full_adder}}) {
          const auto adder = find_adder_cell(*library, inputs);
          if (!adder || adders == AdderCells::gates) continue;
          EXPECT_EQ(count_cells(mapped, adder->cell), static_cast<size_t>(count_gates(source, kind))) << path << name;
        }
      }
    }
  }
}

/// Operators in port connections become cells, the cells of the file stay.
TEST_F(RealMultiplierMapping, OperatorsInPortConnections) {
  for (const auto& path : real_libraries()) {
    const auto library = read_liberty(path);
    const auto adder = find_adder_cell(*library, 2);
    if (!adder || adder->inverts_sum || adder->inverts_carry) continue;
    const auto pin = [&](int index) { return adder->cell->pins[static_cast<size_t>(index)].name; };
    const auto instance = [&](const char* name, const std::string& x, const std::string& y, const char* sum,
                              const char* carry) {
      return fmt::format("  {} {} (.{}({}), .{}({}), .{}({}), .{}({}));\n", adder->cell->name, name,
                         pin(adder->inputs[0]), x, pin(adder->inputs[1]), y, pin(adder->sum), sum, pin(adder->carry),
                         carry);
    };
    const std::string text =
        "module part(input [1:0] A, B, output [3:0] O);\n  wire c;\n  assign O[0] = A[0] & B[0];\n" +
        instance("u0", "(A[0] & B[1])", "(A[1] & B[0])", "O[1]", "c") +
        instance("u1", "c", "~(~A[1] | ~B[1])", "O[2]", "O[3]") + "endmodule\n" +
        "module m(input [1:0] A, B, output [3:0] O);\n  part p(A, B, O);\nendmodule\n";
    const TemporaryFolder folder;
    write_file(folder.path() / "m.v", text);
    const MappedNetlist mapped = read_mapped_verilog(folder.path() / "m.v", "m", library);
    EXPECT_EQ(count_cells(mapped, adder->cell), 2u) << path;
    EXPECT_GE(mapped.cells().size(), 6u) << path;
    expect_equal(mapped, array_multiplier(2));
  }
}

TEST_F(RealMultiplierMapping, VerilogRoundTrips) {
  for (const auto& path : real_libraries()) {
    const MappedNetlist mapped = map_multiplier(find_multiplier("exact"), read_liberty(path));
    const TemporaryFolder folder;
    write_file(folder.path() / "m.v", to_verilog(mapped, "m"));
    const MappedNetlist again = read_mapped_verilog(folder.path() / "m.v", "m", mapped.shared_library());
    EXPECT_EQ(again.cells().size(), mapped.cells().size());
    EXPECT_DOUBLE_EQ(static_timing(again).critical_path, static_timing(mapped).critical_path);
    expect_equal(again, find_multiplier("exact"));
  }
}

TEST_F(RealMultiplierMapping, CriticalPathAgreesWithOpensta) {
  if (find_program("sta").empty()) GTEST_SKIP() << "OpenSTA is not installed (Debian package opensta)";
  for (const auto& path : real_libraries()) {
    for (const AdderCells adders : {AdderCells::library, AdderCells::gates}) {
      MultiplierMappingOptions options;
      options.adders = adders;
      const MappedNetlist mapped = map_multiplier(find_multiplier("exact"), read_liberty(path), options);
      const double ours = static_timing(mapped).critical_path, theirs = opensta_critical_path(mapped).seconds.value();
      RecordProperty(fmt::format("{}_{}", path.stem().string(), adders == AdderCells::library ? "cells" : "gates"),
                     fmt::format("{:.4f} ns, sta {:.4f} ns", ours * 1e9, theirs * 1e9));
      EXPECT_NEAR(ours / theirs, 1, 0.001) << path << ": " << ours << " s, OpenSTA " << theirs << " s";
    }
  }
}

TEST_F(RealMultiplierMapping, DelayTargetIsPassedOn) {
  const auto library = read_liberty(real_libraries().back());
  MultiplierMappingOptions options;
  options.adders = AdderCells::gates;
  const MappedNetlist plain = map_multiplier(find_multiplier("exact"), library, options);
  options.delay_target = 1e-12;
  const MappedNetlist fast = map_multiplier(find_multiplier("exact"), library, options);
  EXPECT_LT(static_timing(fast).critical_path, 0.95 * static_timing(plain).critical_path);
  expect_equal(fast, find_multiplier("exact"));
}

TEST_F(RealMultiplierMapping, PowerSaysWhatItIsOf) {
  const MappedNetlist mapped = map_multiplier(find_multiplier("exact"), read_liberty(real_libraries().back()));
  MultiplierPowerOptions options;
  options.period = 20e-9;
  const MultiplierPower power = multiplier_power(mapped, uniform_stimulus(8, 8, 2000, 1), options);
  options.delays = DelayModel::zero;
  const MultiplierPower settled = multiplier_power(mapped, uniform_stimulus(8, 8, 2000, 1), options);
  EXPECT_EQ(power.stimulus, "2000 uniform random pairs, seed 1");
  EXPECT_EQ(power.delays, DelayModel::library);
  EXPECT_GT(power.total.total(), settled.total.total());
  EXPECT_GT(power.toggles, settled.toggles);
  EXPECT_EQ(power.zero_delay_toggles, settled.toggles);
  EnergyShares sum;
  for (const EnergyShares& cell : power.cells) sum += cell;
  EXPECT_NEAR(sum.total() / power.total.total(), 1, 1e-9);
  EXPECT_THROW(multiplier_power(mapped, uniform_stimulus(8, 7, 10, 1), options), InputError);
  options.delays = DelayModel::library;
  options.period = 0.1e-9;
  EXPECT_THROW(multiplier_power(mapped, uniform_stimulus(8, 8, 10, 1), options), InputError);
}

}  // namespace
}  // namespace tram
