#include "rtl/axm/characterise.hpp"

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/power/opensta.hpp"
#include "models/power/static_timing.hpp"
#include "tests/axm/axm_program.hpp"

namespace tram::axm {
namespace {

TEST(NonDominated, ByHand) {
  using Points = std::vector<std::pair<double, double>>;
  EXPECT_EQ(non_dominated({}), std::vector<size_t>{});
  EXPECT_EQ(non_dominated(Points{{1, 1}}), std::vector<size_t>{0});
  // (2, 3) is beaten by (1, 2); of the two (1, 2) the first stays; (0, 9) and (5, 0) are ends.
  EXPECT_EQ(non_dominated(Points{{5, 0}, {2, 3}, {1, 2}, {1, 2}, {0, 9}}), (std::vector<size_t>{4, 2, 0}));
  EXPECT_EQ(non_dominated(Points{{1, 5}, {1, 4}}), std::vector<size_t>{1});  // equal error: the cheaper
}

class Characterise : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_map()) GTEST_SKIP() << "yosys or osu018 is not installed";
    library_ = read_liberty(osu018);
    options_.power.period = 20e-9;
  }
  std::shared_ptr<const Library> library_;
  OperandStimulus stimulus_ = uniform_stimulus(4, 4, 500, 1);
  CostOptions options_;
};

TEST_F(Characterise, TheBestExactMultiplierIsTheCheapestOfItsKinds) {
  const auto exact = exact_multipliers(4, 4, false, library_, stimulus_, options_, 1);
  ASSERT_EQ(exact.size(), 3u);
  for (const char* name : {"exact_array_4x4", "exact_wallace_4x4", "exact_dadda_4x4"})
    for (const AdderCells adders : {AdderCells::library, AdderCells::gates})
      EXPECT_LE(exact[0].cost.energy(),
                hardware_cost(find_multiplier(name), adders, library_, stimulus_, options_).energy() * (1 + 1e-12))
          << name;
}

TEST_F(Characterise, ResultsDoNotDependOnThreads) {
  const auto one = exact_multipliers(4, 4, true, library_, stimulus_, options_, 1);
  const auto three = exact_multipliers(4, 4, true, library_, stimulus_, options_, 3);
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].name, three[i].name);
    EXPECT_EQ(one[i].cost.energy(), three[i].cost.energy());
  }
}

TEST_F(Characterise, GlitchesCostAndWithoutThemNothingIsAdded) {
  const HardwareCost cost = best_hardware_cost(array_multiplier(4), library_, stimulus_, options_);
  EXPECT_GT(cost.energy(), cost.zero_delay_energy());
  EXPECT_EQ(cost.with_glitches.zero_delay_toggles, cost.zero_delay.toggles);
  EXPECT_GT(cost.area, 0);
}

TEST_F(Characterise, OpenStaAgreesOnTheCriticalPath) {
  if (find_program("sta").empty()) GTEST_SKIP() << "OpenSTA is not installed (Debian package opensta)";
  for (const char* name : {"exact_dadda_4x4", "trunc4", "mitchell"}) {
    const MappedNetlist netlist = map_multiplier(find_multiplier(name), library_);
    const auto theirs = opensta_critical_path(netlist);
    ASSERT_TRUE(theirs.has_value());
    EXPECT_NEAR(static_timing(netlist).critical_path / *theirs, 1, 0.005) << name;
  }
}

}  // namespace
}  // namespace tram::axm
