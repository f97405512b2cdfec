#include "sim/config/layer_multipliers.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "models/support/error.hpp"
#include "sim/config/scenario_keys.hpp"

namespace tram {
namespace {

TEST(LayerMultipliers, EntriesAreSeparatedByCommas) {
  const auto layers = split_layer_multipliers(" blocks.*.mlp.fc1 = trunc6,head=a/b.axm.json");
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].layers, "blocks.*.mlp.fc1");
  EXPECT_EQ(layers[0].multiplier, "trunc6");
  EXPECT_EQ(layers[1].layers, "head");
  EXPECT_EQ(layers[1].multiplier, "a/b.axm.json");
  EXPECT_EQ(join_layer_multipliers(layers), "blocks.*.mlp.fc1=trunc6, head=a/b.axm.json");
}

TEST(LayerMultipliers, NoneIsNoEntry) {
  EXPECT_TRUE(split_layer_multipliers("none").empty());
  EXPECT_EQ(join_layer_multipliers({}), "none");
}

TEST(LayerMultipliers, WhatIsNoEntryIsNamed) {
  for (const char* text : {"", "trunc6", "=trunc6", "head=", "head=trunc6,,fc=exact"})
    EXPECT_THROW(split_layer_multipliers(text), std::invalid_argument) << text;
  try {
    split_layer_multipliers("head=trunc6, fc");
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "'fc'; LAYER=MULTIPLIER is expected");
  }
}

TEST(LayerMultipliers, TheKeyChecksEachMultiplier) {
  const ScenarioKey* key = find_scenario_key("multiplier_layers");
  ASSERT_NE(key, nullptr);
  Scenario scenario;
  key->set(scenario, {"multiplier_layers", "head=trunc6", "test", {}});
  EXPECT_EQ(scenario.multiplier_layers, (std::vector<LayerMultiplier>{{"head", "trunc6"}}));
  EXPECT_EQ(key->get(scenario), "head=trunc6");
  try {
    key->set(scenario, {"multiplier_layers", "head=trunk6", "test.yaml:3: multiplier_layers", {}});
    FAIL() << "no error";
  } catch (const InputError& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.rfind("test.yaml:3: multiplier_layers: unknown multiplier 'trunk6'", 0), 0U) << text;
    EXPECT_NE(text.find("did you mean"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace tram
