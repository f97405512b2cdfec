// Against powers that OpenSTA computed for 8x8 multipliers mapped by Yosys, from 10,000 vectors: at zero delay, and
// with the delays of an SDF file in an event-driven simulator.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <regex>
#include <sstream>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/energy/power_model.hpp"
#include "models/cells/energy/toggle_energy.hpp"
#include "models/cells/mapping/technology_mapping.hpp"
#include "models/cells/netlist/settled_activity.hpp"
#include "models/support/process.hpp"
#include "tests/cells/netlist_simulation.hpp"
#include "tests/cells/test_library.hpp"

namespace tram {
namespace {

struct Reference {
  std::string folder;
  std::filesystem::path library;
  double period;  // s
};

const Reference sg13g2{"sg13g2_star_u", data_folder() / "liberty/sg13g2_typ.lib", 4e-9};
const Reference osu018{"osu018_star_u", "/usr/share/qflow/tech/osu018/osu018_stdcells.lib", 8e-9};

// Lines of "internal switching leakage total name", in W.
std::map<std::string, EnergyShares> read_powers(const std::filesystem::path& file) {
  std::map<std::string, EnergyShares> powers;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    EnergyShares power;
    double total = 0;
    std::string name;
    if (words >> power.internal >> power.switching >> power.leakage >> total >> name) powers[name] = power;
  }
  return powers;
}

// The line "Total internal switching leakage ...".
EnergyShares read_total(const std::filesystem::path& file) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string name;
    EnergyShares power;
    if (words >> name >> power.internal >> power.switching >> power.leakage && name == "Total") return power;
  }
  ADD_FAILURE() << "no total in " << file;
  return {};
}

bool is_available(const Reference& reference) {
  return std::filesystem::exists(data_folder() / "power_reference" / reference.folder / "netlist.v") &&
         std::filesystem::exists(reference.library) && !find_program("yosys").empty();
}

void check_total(const EnergyShares& ours, const EnergyShares& theirs) {
  EXPECT_NEAR(ours.total() / theirs.total(), 1, 0.001) << ours.total() << " W, reference " << theirs.total();
  EXPECT_NEAR(ours.internal / theirs.internal, 1, 0.001);
  EXPECT_NEAR(ours.switching / theirs.switching, 1, 0.001);
  EXPECT_NEAR(ours.leakage / theirs.leakage, 1, 0.001);
}

void compare(const Reference& reference, PowerConvention convention, double tolerance) {
  const auto folder = data_folder() / "power_reference" / reference.folder;
  const MappedNetlist netlist = read_mapped_verilog(folder / "netlist.v", "star_u", read_liberty(reference.library));
  std::vector<NetId> inputs = netlist.find_port("B")->bits;  // a vector is {A, B}
  for (const NetId net : netlist.find_port("A")->bits) inputs.push_back(net);
  const auto vectors = read_stimulus(data_folder() / "power_reference/stim10k.hex", 8, 8).vectors;
  ASSERT_EQ(vectors.size(), 10001u);
  const Activity activity = simulate_vectors(netlist, inputs, vectors, reference.period);
  const EnergyReport report = PowerModel(netlist, {}, convention).energy(activity);
  const auto power = [&](const EnergyShares& energy) {
    return EnergyShares{energy.internal / activity.time, energy.switching / activity.time,
                        energy.leakage / activity.time};
  };
  const EnergyShares total = power(report.total), expected = read_total(folder / "zero_delay.total.txt");
  testing::Test::RecordProperty(reference.folder + "_ratio", std::to_string(total.total() / expected.total()));
  if (convention == PowerConvention::liberty) {
    EXPECT_NEAR(total.total() / expected.total(), 1, tolerance) << total.total() << " W";
    return;
  }
  check_total(total, expected);
  const auto instances = read_powers(folder / "zero_delay.instances.txt");
  EXPECT_EQ(instances.size(), netlist.cells().size());
  size_t compared = 0;
  for (size_t i = 0; i < netlist.cells().size(); ++i) {
    const auto found = instances.find(netlist.cells()[i].name);
    ASSERT_NE(found, instances.end()) << netlist.cells()[i].name;
    EXPECT_NEAR(power(report.cells[i]).total() / found->second.total(), 1, tolerance) << found->first;
    ++compared;
  }
  EXPECT_GT(compared, 300u);
}

TEST(PowerReference, Sg13g2ZeroDelay) {
  if (!is_available(sg13g2)) GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  compare(sg13g2, PowerConvention::opensta, 0.002);
}

TEST(PowerReference, Osu018ZeroDelay) {
  if (!is_available(osu018)) GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  compare(osu018, PowerConvention::opensta, 0.002);
}

// osu018 has no unconditional groups beside conditional ones: both conventions agree. SG13G2 has, 3 %.
TEST(PowerReference, LibertyConvention) {
  if (!is_available(osu018) || !is_available(sg13g2)) {
    GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  }
  compare(osu018, PowerConvention::liberty, 0.001);
  compare(sg13g2, PowerConvention::liberty, 0.035);
}

// Deviations of our powers of the instances from the reference, sorted.
std::vector<double> instance_deviations(const MappedNetlist& netlist, const MultiplierPower& power,
                                        const std::filesystem::path& file) {
  const auto instances = read_powers(file);
  std::vector<double> deviations;
  for (size_t i = 0; i < netlist.cells().size(); ++i) {
    deviations.push_back(std::abs(power.cells[i].total() / instances.at(netlist.cells()[i].name).total() - 1));
  }
  std::sort(deviations.begin(), deviations.end());
  return deviations;
}

// The larger delays of an IOPATH line of the SDF file in ps; COND lines are left out.
struct PathLine {
  std::string instance, input, output;
  EdgePair delay;
};

std::vector<PathLine> read_sdf(const std::filesystem::path& file) {
  const std::regex instance_line(R"(INSTANCE (\S+)\))");
  const std::regex path_line(R"(IOPATH (\S+) (\S+) \([^:]*::(\S+)\) \([^:]*::([^)]+)\))");
  std::istringstream lines(run_process({"xz", "-dc", file.string()}).output);
  std::vector<PathLine> paths;
  std::string instance;
  bool is_conditional = false;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.find("(COND") != std::string::npos) is_conditional = true;
    if (std::regex_search(line, match, instance_line)) instance = match[1];
    if (!std::regex_search(line, match, path_line)) continue;
    const EdgePair delay{1000 * std::stod(match[3]), 1000 * std::stod(match[4])};
    if (!is_conditional) paths.push_back({instance, match[1], match[2], delay});
    is_conditional = false;
  }
  return paths;
}

// Delays against the reference's SDF: within its rounding to 1 ps, but for arcs that are not unate, where that file has
// the delay from one edge of the input and we take the slower.
TEST(PowerReference, DelaysAreThoseOfTheSdf) {
  if (find_program("xz").empty()) GTEST_SKIP() << "xz is not installed";
  for (const Reference& reference : {sg13g2, osu018}) {
    if (!is_available(reference)) GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
    const auto folder = data_folder() / "power_reference" / reference.folder;
    const MappedNetlist netlist = read_mapped_verilog(folder / "netlist.v", "star_u", read_liberty(reference.library));
    const NetlistDelays delays = library_delays(netlist, static_timing(netlist), 1e-12);
    std::map<std::string, const OutputDelays*> by_instance;
    for (const OutputDelays& output : delays.outputs) by_instance[netlist.cells()[output.cell].name] = &output;
    size_t unate = 0, others = 0;
    for (const PathLine& line : read_sdf(folder / "delays.sdf.xz")) {
      const OutputDelays& output = *by_instance.at(line.instance);
      const LibertyCell& type = *netlist.cells()[output.cell].type;
      const LibertyPin& pin = type.pins[output.pin];
      const int input = type.pin_index(line.input);
      const auto& inputs = pin.function->pins;
      const auto variable = static_cast<size_t>(std::find(inputs.begin(), inputs.end(), input) - inputs.begin());
      const PathDelay& ours = output.paths.at(variable);
      const bool is_unate = std::none_of(pin.timing.begin(), pin.timing.end(), [&](const TimingArc& arc) {
        return arc.related_pin == input && arc.sense == TimingSense::non_unate;
      });
      (is_unate ? unate : others)++;
      ASSERT_NEAR(ours.rise, line.delay.rise, is_unate ? 1.01 : 25) << line.instance << ' ' << line.input;
      ASSERT_NEAR(ours.fall, line.delay.fall, is_unate ? 1.01 : 25) << line.instance << ' ' << line.input;
    }
    EXPECT_GT(unate, 400u);
    EXPECT_GT(others, 50u);
  }
}

// Measured: SG13G2 +0.9 %, osu018 +0.05 %. The reference took, of several IOPATHs of a pair of pins, the last one
// (SG13G2 has them by `when`); with those same delays our simulator is within 0.2 % and half of the instances agree to
// the last digit given.
void compare_with_delays(const Reference& reference, double tolerance, double median, double nine_tenths) {
  if (!is_available(reference)) GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
  const auto folder = data_folder() / "power_reference" / reference.folder;
  const MappedNetlist netlist = read_mapped_verilog(folder / "netlist.v", "star_u", read_liberty(reference.library));
  MultiplierPowerOptions options;
  options.period = reference.period;
  options.convention = PowerConvention::opensta;
  const auto stimulus = read_stimulus(data_folder() / "power_reference/stim10k.hex", 8, 8);
  const MultiplierPower power = multiplier_power(netlist, stimulus, options);
  const EnergyShares expected = read_total(folder / "sdf.total.txt");
  EXPECT_NEAR(power.total.total() / expected.total(), 1, tolerance) << power.total.total() << " W";
  EXPECT_NEAR(power.total.internal / expected.internal, 1, 1.5 * tolerance);
  EXPECT_NEAR(power.total.switching / expected.switching, 1, 1.5 * tolerance);
  EXPECT_NEAR(power.total.leakage / expected.leakage, 1, 0.01);
  const auto deviations = instance_deviations(netlist, power, folder / "sdf.instances.txt");
  const std::string figures = fmt::format("total {:+.4f}, instances: median {:.4f}, nine tenths {:.4f}, worst {:.4f}",
                                          power.total.total() / expected.total() - 1, deviations[deviations.size() / 2],
                                          deviations[deviations.size() * 9 / 10], deviations.back());
  testing::Test::RecordProperty(reference.folder, figures);
  EXPECT_LT(deviations[deviations.size() / 2], median) << figures;
  EXPECT_LT(deviations[deviations.size() * 9 / 10], nine_tenths) << figures;
}

TEST(PowerReference, Sg13g2WithDelays) { compare_with_delays(sg13g2, 0.01, 0.01, 0.1); }

TEST(PowerReference, Osu018WithDelays) { compare_with_delays(osu018, 0.002, 0.002, 0.025); }

// The linear energy of toggle_energies against the model that weighs arcs by activity, on the reference's vectors.
TEST(PowerReference, LinearEnergyIsNearTheModel) {
  for (const Reference& reference : {sg13g2, osu018}) {
    if (!is_available(reference)) GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
    const auto file = data_folder() / "power_reference" / reference.folder / "netlist.v";
    const MappedNetlist netlist = read_mapped_verilog(file, "star_u", read_liberty(reference.library));
    const auto stimulus = read_stimulus(data_folder() / "power_reference/stim10k.hex", 8, 8);
    const MultiplierPorts ports = multiplier_ports(netlist);
    std::vector<NetId> inputs = ports.b->bits;
    inputs.insert(inputs.end(), ports.a->bits.begin(), ports.a->bits.end());
    const PowerModel model(netlist);
    const std::vector<double> joule = toggle_energies(netlist).joule;
    for (const DelayModel delays : {DelayModel::zero, DelayModel::library}) {
      const Activity activity =
          simulate_activity(netlist, delays, model.timing(), inputs, stimulus.vectors, reference.period);
      const EnergyShares expected = model.energy(activity).total;
      const double linear = std::inner_product(joule.begin(), joule.end(), activity.toggles.begin(), 0.0);
      const double ratio = linear / (expected.internal + expected.switching);
      testing::Test::RecordProperty(reference.folder + "_" + name_of(delays), fmt::format("{:+.4f}", ratio - 1));
      EXPECT_NEAR(ratio, 1, delays == DelayModel::zero ? 0.002 : 0.01) << name_of(delays);
    }
  }
}

// Hand multiplication: the vectors are {A, B} and the netlist multiplies.
TEST(PowerReference, NetlistsMultiply) {
  for (const Reference& reference : {sg13g2, osu018}) {
    if (!is_available(reference)) GTEST_SKIP() << "real data not found in $TRAM_DATA or ~/.cache/tram-data";
    const auto file = data_folder() / "power_reference" / reference.folder / "netlist.v";
    const MappedNetlist netlist = read_mapped_verilog(file, "star_u", read_liberty(reference.library));
    NetlistSimulation simulation(netlist);
    for (uint64_t a = 0; a < 256; ++a) {
      simulation.set_port("A", a);
      for (uint64_t b = 0; b < 256; b += 64) {
        for (unsigned bit = 0; bit < 8; ++bit) {
          uint64_t lanes = 0;
          for (uint64_t lane = 0; lane < 64; ++lane) lanes |= ((b + lane) >> bit & 1) << lane;
          simulation.set(netlist.find_port("B")->bits[bit], lanes);
        }
        simulation.settle();
        for (unsigned lane = 0; lane < 64; ++lane) ASSERT_EQ(simulation.port("O", lane), a * (b + lane));
      }
    }
  }
}

}  // namespace
}  // namespace tram
