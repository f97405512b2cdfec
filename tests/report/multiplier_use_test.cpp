#include "sim/results/multiplier_use.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/report/report.hpp"
#include "tests/report/sample_run.hpp"

namespace tram {
namespace {

/// Mean image of sample_run: each layer 2 x 5 nJ (trunc6) or 2 x 10 nJ (exact), 3200 and 1600 MACs.
TEST(MultiplierUses, ByHand) {
  const auto uses = multiplier_uses(sample_run());
  ASSERT_EQ(uses.size(), 2u);
  EXPECT_EQ(uses[0].figures.name, "trunc6");
  EXPECT_DOUBLE_EQ(uses[0].zero_delay_ratio, 0.75);
  EXPECT_DOUBLE_EQ(uses[0].with_glitches_ratio, 1.2);
  EXPECT_DOUBLE_EQ(uses[0].run_j.value(), 20e-9 / 4800);
  EXPECT_DOUBLE_EQ(approximate_run_j(sample_run()).value(), 20e-9 / 4800);
  EXPECT_EQ(text_report(sample_run()).find("all layers but"), std::string::npos);
  EXPECT_DOUBLE_EQ(uses[0].run_ratio.value(), 0.5);
  EXPECT_EQ(uses[1].zero_delay_ratio, 1);
  EXPECT_DOUBLE_EQ(uses[1].run_j.value(), 40e-9 / 4800);
  EXPECT_EQ(uses[1].run_ratio.value(), 1);
}

/// Ratios are of the layers that a multiplier has, not of the whole network.
TEST(MultiplierUses, OfTheLayersThatHaveIt) {
  RunResult run = sample_run();
  for (ImageResult& image : run.machine.images) image.layers[1].multiplier = "trunc4";
  for (ImageResult& image : run.machine.images) image.layers[1].energy.multiplier *= 3;
  run.multipliers.insert(run.multipliers.begin() + 1, {"trunc4", "gates", 7e-12, 9e-12});
  const auto uses = multiplier_uses(run);
  EXPECT_DOUBLE_EQ(uses[0].run_j.value(), 10e-9 / 3200);
  EXPECT_DOUBLE_EQ(uses[0].run_ratio.value(), 0.5);
  EXPECT_DOUBLE_EQ(uses[1].run_j.value(), 30e-9 / 1600);
  EXPECT_DOUBLE_EQ(uses[1].run_ratio.value(), 1.5);
  EXPECT_DOUBLE_EQ(uses[2].run_j.value(), 40e-9 / 4800);
  EXPECT_DOUBLE_EQ(approximate_run_j(run).value(), 40e-9 / 4800);
  EXPECT_NE(text_report(run).find("all layers but those with exact ones"), std::string::npos);
}

TEST(MultiplierUses, WithoutTheExactMachineThereIsNoRatioOfTheRun) {
  RunResult run = sample_run();
  run.has_exact = false;
  const auto uses = multiplier_uses(run);
  EXPECT_TRUE(uses[0].run_j.has_value());
  EXPECT_FALSE(uses[0].run_ratio.has_value());
  EXPECT_FALSE(uses[1].run_j.has_value());
  EXPECT_DOUBLE_EQ(uses[0].with_glitches_ratio, 1.2);
}

TEST(MultiplierUses, AreInTheSummary) {
  const auto json = nlohmann::json::parse(json_summary(sample_run()));
  EXPECT_EQ(json["exact_circuit"], "Dadda tree of adder cells FAX1, HAX1");
  EXPECT_EQ(json["multipliers"][0]["name"], "trunc6");
  EXPECT_DOUBLE_EQ(json["multipliers"][0]["uniform_ratio"], 1.2);
  EXPECT_EQ(json["multipliers"][0]["uniform_zero_delay_j"], 6e-12);
  for (const auto& [key, value] : json["multipliers"][0].items())
    EXPECT_TRUE(!value.is_number() || json["units"].contains(key)) << key;
}

TEST(MultiplierUses, NothingWhereNothingWasMapped) {
  RunResult run = sample_run();
  run.multipliers.clear();
  EXPECT_TRUE(multiplier_uses(run).empty());
  EXPECT_EQ(text_report(run).find("uniform"), std::string::npos);
  EXPECT_TRUE(nlohmann::json::parse(json_summary(run))["exact_circuit"].is_null());
}

}  // namespace
}  // namespace tram
