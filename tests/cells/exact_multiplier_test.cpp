#include "models/cells/energy/exact_multiplier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "models/cells/timing/opensta.hpp"
#include "models/cells/timing/static_timing.hpp"
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/cells/test_library.hpp"

namespace tram {
namespace {

constexpr char osu018[] = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

class ExactMultipliers : public testing::Test {
 protected:
  void SetUp() override {
    if (find_program("yosys").empty() || !std::filesystem::exists(osu018))
      GTEST_SKIP() << "yosys or osu018 is not installed";
    library_ = read_liberty(osu018);
    options_.power.period = 20e-9;
  }
  std::shared_ptr<const Library> library_;
  OperandStimulus stimulus_ = uniform_stimulus(4, 4, 500, 1);
  CostOptions options_;
};

TEST_F(ExactMultipliers, TheFirstIsTheCheapestOfItsKinds) {
  const auto exact = exact_multipliers(4, 4, false, library_, stimulus_, options_);
  ASSERT_EQ(exact.size(), 3u);
  for (const char* name : {"exact_array_4x4", "exact_wallace_4x4", "exact_dadda_4x4"})
    for (const AdderCells adders : {AdderCells::library, AdderCells::gates})
      EXPECT_LE(
          exact[0].cost.energy(),
          hardware_cost(find_multiplier(name), adders, "default", library_, stimulus_, options_).energy() * (1 + 1e-12))
          << name;
}

TEST_F(ExactMultipliers, TheNetlistIsTheOneOfTheCost) {
  for (const bool is_signed : {false, true}) {
    const ExactMultiplier best = exact_multipliers(4, 4, is_signed, library_, stimulus_, options_).front();
    const TruthTable table = truth_table(best.netlist);
    for (int a = 0; a < 16; ++a)
      for (int b = 0; b < 16; ++b) {
        const auto value = [&](int code) { return is_signed && code > 7 ? code - 16 : code; };
        EXPECT_EQ(table.at(a, b), value(a) * value(b));
      }
    EXPECT_EQ(hardware_cost(best.netlist, best.cost.adders, best.cost.script, library_, stimulus_, options_).energy(),
              best.cost.energy());
  }
}

TEST_F(ExactMultipliers, TheBestScriptIsTakenAndTheSpreadIsThatOfAll) {
  const Netlist multiplier = find_multiplier("exact_wallace_5x5");
  options_.adders = AdderCells::gates;
  const OperandStimulus stimulus = uniform_stimulus(5, 5, 500, 1);
  const HardwareCost best = best_hardware_cost(multiplier, library_, stimulus, options_);
  double least = 1e300, most = 0;
  for (const std::string& script : abc_script_names()) {
    const HardwareCost cost = hardware_cost(multiplier, AdderCells::gates, script, library_, stimulus, options_);
    least = std::min(least, cost.energy());
    most = std::max(most, cost.energy());
    if (script == best.script) {
      EXPECT_EQ(cost.energy(), best.energy());
    }
  }
  EXPECT_GT(most, least);
  EXPECT_EQ(best.energy(), least);
  EXPECT_DOUBLE_EQ(best.spread(), most / least - 1);
  options_.scripts = {"nf"};
  EXPECT_EQ(best_hardware_cost(multiplier, library_, stimulus, options_).spread(), 0);
  EXPECT_THROW(hardware_cost(multiplier, AdderCells::gates, "no", library_, stimulus, options_), InputError);
}

TEST_F(ExactMultipliers, ResultsDoNotDependOnThreads) {
  const auto one = exact_multipliers(4, 4, true, library_, stimulus_, options_);
  options_.threads = 3;
  const auto three = exact_multipliers(4, 4, true, library_, stimulus_, options_);
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].name, three[i].name);
    EXPECT_EQ(one[i].cost.energy(), three[i].cost.energy());
  }
}

/// In osu018 a Dadda tree of adder cells; method and library of `tram_axm compare`.
TEST_F(ExactMultipliers, WordsNameTheCells) {
  const ExactMultiplier cells = best_exact_multiplier(8, false, library_, AdderCells::library, 20e-9, 2);
  EXPECT_EQ(cells.name, "exact Dadda, adder cells");
  EXPECT_EQ(cells.circuit, "Dadda tree of adder cells FAX1, HAX1");
  EXPECT_EQ(best_exact_multiplier(8, true, library_, AdderCells::library, 20e-9, 2).circuit,
            "Baugh-Wooley Dadda tree of adder cells FAX1, HAX1");
  const ExactMultiplier gates = best_exact_multiplier(8, false, library_, AdderCells::gates, 20e-9, 2);
  EXPECT_EQ(gates.cost.adders, AdderCells::gates);
  EXPECT_EQ(gates.circuit, "Dadda tree of gates");
  EXPECT_GT(gates.cost.energy(), cells.cost.energy());
}

TEST_F(ExactMultipliers, AddersInWords) {
  const Netlist array = array_multiplier(4);
  EXPECT_EQ(adders_text(array, *library_, AdderCells::library), "adder cells FAX1, HAX1");
  EXPECT_EQ(adders_text(array, *library_, AdderCells::gates), "gates");
  EXPECT_EQ(adders_text(array, *test_library(), AdderCells::library), "gates, as the library has no adder cells");
  NetlistBuilder builder("and", 4, 4, false);
  const Netlist no_adders = builder.finish(std::vector<Net>(8, builder.and_(builder.a(0), builder.b(0))));
  EXPECT_EQ(adders_text(no_adders, *library_, AdderCells::library), "gates, as its netlist has no adders");
}

class HardwareCosts : public ExactMultipliers {
 protected:
  void SetUp() override {
    ExactMultipliers::SetUp();
    options_.cache_folder = folder_.path();
  }
  HardwareCost cost() const {
    return hardware_cost(array_multiplier(4), AdderCells::library, "default", library_, stimulus_, options_);
  }
  std::filesystem::path cached() const {
    for (const auto& file : std::filesystem::directory_iterator(folder_.path()))
      if (file.path().filename().string().starts_with("cost-")) return file.path();
    return {};
  }
  TemporaryFolder folder_;
};

TEST_F(HardwareCosts, AreThoseOfTheMappedNetlist) {
  const MappedNetlist netlist = map_multiplier(array_multiplier(4), library_);
  MultiplierPowerOptions power = options_.power;
  const HardwareCost first = cost();
  EXPECT_EQ(first.with_glitches.total(), multiplier_power(netlist, stimulus_, power).total.total());
  power.delays = DelayModel::zero;
  EXPECT_EQ(first.zero_delay.total(), multiplier_power(netlist, stimulus_, power).total.total());
  EXPECT_EQ(first.area, netlist.area());
  EXPECT_EQ(first.energy(), first.with_glitches.total() * 20e-9);
  EXPECT_GT(first.energy(), first.zero_delay_energy());
}

TEST_F(HardwareCosts, ComeBackFromTheCacheAndADamagedOneIsNotTaken) {
  const HardwareCost first = cost();
  const std::string content = read_file(cached());
  EXPECT_EQ(cost().energy(), first.energy());
  EXPECT_EQ(cost().with_glitches.leakage, first.with_glitches.leakage);
  for (size_t i = 0; i < content.size(); i += 7) {
    std::string damaged = content;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    write_file(cached(), damaged);
    EXPECT_EQ(cost().energy(), first.energy()) << i;
    EXPECT_EQ(read_file(cached()), content) << i;
  }
  write_file(cached(), content.substr(0, 20));
  EXPECT_EQ(cost().energy(), first.energy());
}

TEST_F(HardwareCosts, DependOnStimulusAndPeriod) {
  const HardwareCost first = cost();
  options_.power.period = 40e-9;
  const HardwareCost slow = cost();
  EXPECT_NEAR(slow.energy() - first.energy(), first.with_glitches.leakage * 20e-9, 1e-6 * first.energy());
  stimulus_ = uniform_stimulus(4, 4, 500, 2);
  EXPECT_NE(cost().energy(), slow.energy());
}

TEST_F(HardwareCosts, ASlowNetlistGetsItsTimeWhereAsked) {
  options_.power.period = 1e-12;
  EXPECT_THROW(cost(), InputError);
  options_.waits_to_settle = true;
  const HardwareCost waited = cost();
  EXPECT_DOUBLE_EQ(waited.period, 1.01 * waited.critical_path);
  options_.power.period = 20e-9;
  EXPECT_NEAR(waited.energy() / cost().energy(), 1, 1e-3);  // less leakage only
}

TEST_F(ExactMultipliers, OpenStaAgreesOnTheCriticalPath) {
  if (find_program("sta").empty()) GTEST_SKIP() << "OpenSTA is not installed (Debian package opensta)";
  for (const char* name : {"exact_dadda_4x4", "trunc4", "mitchell"}) {
    const MappedNetlist netlist = map_multiplier(find_multiplier(name), library_);
    const auto theirs = opensta_critical_path(netlist).seconds;
    ASSERT_TRUE(theirs.has_value());
    EXPECT_NEAR(static_timing(netlist).critical_path / *theirs, 1, 0.005) << name;
  }
}

}  // namespace
}  // namespace tram
