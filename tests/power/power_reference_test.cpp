// Against powers that OpenSTA computed for 8x8 multipliers mapped by Yosys, from 10,000 vectors at zero delay.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "models/power/netlist_simulation.hpp"
#include "models/power/power_model.hpp"
#include "models/power/technology_mapping.hpp"
#include "models/support/process.hpp"
#include "tests/power/test_library.hpp"

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

std::vector<uint64_t> read_vectors(const std::filesystem::path& file) {
  std::vector<uint64_t> vectors;
  std::ifstream stream(file);
  for (std::string word; stream >> word;) vectors.push_back(std::stoul(word, nullptr, 16));
  return vectors;
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
  const auto vectors = read_vectors(data_folder() / "power_reference/stim10k.hex");
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
