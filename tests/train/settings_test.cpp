#include "train/settings.hpp"

#include <gtest/gtest.h>

#include "models/support/error.hpp"
#include "tests/support/message_of.hpp"

namespace tram::train {
namespace {

std::string refusal(const nlohmann::json& json) {
  return message_of<InputError>([&] { settings_from_json(json, "folder/settings.json"); });
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
  const nlohmann::json whole = to_json(Settings{});
  nlohmann::json later = whole, no_data = whole;
  later["cutout"] = 1;
  no_data.erase("data");
  EXPECT_EQ(refusal(later), "folder/settings.json: has cutout; only settings that this version knows are expected");
  for (const nlohmann::json& json : {no_data, nlohmann::json(3), nlohmann::json::array()})
    EXPECT_EQ(refusal(json), "folder/settings.json: has no data set; the settings of a training are expected");
  const std::vector<std::pair<const char*, nlohmann::json>> wrong = {
      {"epochs", "many"}, {"epochs", 2.7}, {"flip", true}, {"batch", 4294967424}, {"seed", -1}, {"lr", "fast"},
      {"method", 1}, {"data", 7}, {"data", "cifar"}};
  for (const auto& [option, value] : wrong) {
    nlohmann::json json = whole;
    json[option] = value;
    EXPECT_TRUE(refusal(json).starts_with(fmt::format("folder/settings.json: {}: ", option))) << refusal(json);
  }
  nlohmann::json seed = whole, rate = whole;
  seed["seed"] = UINT64_MAX;
  rate["lr"] = 1;  // a whole number is a rate too
  EXPECT_EQ(refusal(seed), "");
  EXPECT_EQ(refusal(rate), "");
}

TEST(Settings, RangeBitsAreNoMoreThanBits) {
  Settings settings;
  settings.bits = 6;
  for (const int bits : {0, 2, 6}) {
    settings.range_bits = bits;
    EXPECT_NO_THROW(settings.check()) << bits;
  }
  for (const int bits : {-1, 1, 7}) {
    settings.range_bits = bits;
    EXPECT_THROW(settings.check(), InputError) << bits;
  }
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
