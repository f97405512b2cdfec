#include "train/settings.hpp"

#include <gtest/gtest.h>

#include "models/support/error.hpp"

namespace tram::train {
namespace {

std::string refusal(const nlohmann::json& json) {
  try {
    settings_from_json(json, "folder/settings.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Settings, AreReadAsWritten) {
  Settings settings = default_settings("cifar10");
  settings.learning_rate = 0.3F;
  settings.teacher_network = "resnet56_cifar10";
  EXPECT_EQ(settings_from_json(to_json(settings), ""), settings);
}

/// As of a training begun before there was the option.
TEST(Settings, WhatIsNotNamedHasTheDataSetsDefault) {
  nlohmann::json json = to_json(default_settings("cifar10"));
  json.erase("mixup");
  json.erase("crop");
  EXPECT_EQ(settings_from_json(json, ""), default_settings("cifar10"));
}

TEST(Settings, WhatIsUnknownOrOfAnotherTypeIsRefusedWithItsSource) {
  nlohmann::json later = to_json(Settings{}), text = later, no_data = later;
  later["cutout"] = 1;
  text["epochs"] = "many";
  no_data.erase("data");
  EXPECT_EQ(refusal(later), "folder/settings.json: has cutout; only settings that this version knows are expected");
  for (const nlohmann::json& json : {text, no_data, nlohmann::json(3), nlohmann::json::array()})
    EXPECT_TRUE(refusal(json).starts_with("folder/settings.json: ")) << refusal(json);
}

TEST(Settings, MixupIsOffOrAConcentration) {
  Settings settings;
  for (const float value : {0.0F, 0.01F, 1.0F}) {
    settings.mixup = value;
    EXPECT_NO_THROW(settings.check()) << value;
  }
  for (const float value : {-1.0F, 0.001F, 2.0F}) {
    settings.mixup = value;
    EXPECT_THROW(settings.check(), InputError) << value;
  }
}

}  // namespace
}  // namespace tram::train
