#include "train/config/settings.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "models/support/error.hpp"
#include "tests/support/message_of.hpp"

namespace tram::train {
namespace {

std::string refusal(const nlohmann::json& json) {
  return message_of<InputError>([&] { settings_from_json(json, "folder/settings.json"); });
}

TEST(Settings, AreReadAsWritten) {
  Settings settings = default_settings(ImageSet::cifar10);
  settings.learning_rate = 0.3F;
  settings.teacher_network = "resnet56_cifar10";
  EXPECT_EQ(settings_from_json(to_json(settings), ""), settings);
}

std::string check_refusal(const Settings& settings) {
  return message_of<InputError>([&] { settings.check(); });
}

TEST(Settings, WhatWouldHaveNoEffectIsRefused) {
  Settings settings;
  settings.method = Method::fp32;
  settings.weights = "w.safetensors";
  EXPECT_EQ(check_refusal(settings),
            "--weights: w.safetensors; none is expected with --method fp32, which trains them");
  settings = {};
  settings.network = "some/net.onnx";
  EXPECT_TRUE(
      check_refusal(settings).starts_with("--network: some/net.onnx, an ONNX file; resnet, vit or the name of "
                                          "a network is expected"))
      << check_refusal(settings);
}

TEST(Settings, PreprocessingIsReadAndChecked) {
  Settings settings = default_settings(ImageSet::imagenet);
  EXPECT_EQ(settings.preprocessing(), PreprocessingChoice{});
  settings.data_mean = "0.5";
  settings.data_deviation = "0.1, 0.2, 0.3";
  settings.data_resize = "0";
  settings.data_crop = "160";
  settings.data_interpolation = "bilinear";
  settings.check();
  EXPECT_EQ(settings.preprocessing(),
            (PreprocessingChoice{Rgb{0.5F, 0.5F, 0.5F}, Rgb{0.1F, 0.2F, 0.3F}, 0, 160, Interpolation::bilinear}));
  settings.data_mean = "124";
  const std::string refusal = check_refusal(settings);
  EXPECT_TRUE(refusal.starts_with("--data-mean: '124'; one number of 0 to 1")) << refusal;
  settings = {};
  settings.data_crop = "28";
  EXPECT_EQ(check_refusal(settings),
            "--data-crop: given with --data shapes, whose images are not resized; none is expected");
}

TEST(IdleOptions, AreNamedWithTheReason) {
  Settings settings;
  settings.lambda = 2;
  settings.budget = 0.4F;
  EXPECT_EQ(idle_options(settings, {"lambda", "budget", "out"}),
            (std::vector<std::string>{"--lambda 2 has no effect here; it counts with --method tram, or tram+ and "
                                      "--mapping gates"}));
  EXPECT_TRUE(idle_options(settings, {"budget"}).empty());
  settings.method = Method::tram;
  EXPECT_EQ(idle_options(settings, {"lambda", "budget"}),
            (std::vector<std::string>{"--budget 0.4 has no effect here; it counts with --method tram+"}));
  EXPECT_TRUE(idle_options({}, {"lambda"}).empty());  // given as it is anyway
  settings = {};
  settings.weights = "x";
  settings.epochs = 3;
  EXPECT_EQ(idle_options(settings, {"epochs", "weights"}),
            (std::vector<std::string>{"--epochs 3 has no effect here; it counts without --weights"}));
}

/// As of a training begun before there was the option.
TEST(Settings, WhatIsNotNamedHasTheDataSetsDefault) {
  nlohmann::json json = to_json(default_settings(ImageSet::cifar10));
  json.erase("average");
  json.erase("crop");
  EXPECT_EQ(settings_from_json(json, ""), default_settings(ImageSet::cifar10));
}

/// Earlier versions wrote booleans as 0 and 1.
TEST(Settings, BooleansWrittenAsNumbersAreRead) {
  Settings settings = default_settings(ImageSet::cifar10);
  settings.flip = false;
  settings.correlated = true;
  nlohmann::json json = to_json(settings);
  json["flip"] = 0;
  json["correlated"] = 1;
  json["recode"] = 1;
  EXPECT_EQ(settings_from_json(json, ""), settings);
  json["recode"] = 0;
  EXPECT_FALSE(settings_from_json(json, "").recode);
  json["recode"] = 2;
  EXPECT_TRUE(refusal(json).starts_with("folder/settings.json: recode: 2; ")) << refusal(json);
}

/// A training begun with an option that is gone goes on where that option did nothing.
TEST(Settings, RetiredOptionsArePassedOverAtTheirDefaults) {
  nlohmann::json json = to_json(default_settings(ImageSet::cifar10));
  json["join"] = 0;
  json["weight-energy"] = 0.0;
  json["mixup"] = 0.0;
  EXPECT_EQ(settings_from_json(json, ""), default_settings(ImageSet::cifar10));
  json["join"] = 1;
  EXPECT_EQ(refusal(json), "folder/settings.json: has join; only settings that this version knows are expected");
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
      {"epochs", "many"}, {"epochs", 2.7}, {"flip", 2}, {"batch", 4294967424}, {"seed", -1},
      {"lr", "fast"},     {"method", 1},   {"data", 7}, {"data", "cifar"}};
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

/// The settings with each of these values of an option.
template <class Value>
void expect_taken(Settings settings, Value Settings::*option, const std::vector<Value>& taken,
                  const std::vector<Value>& refused) {
  for (const Value value : taken) {
    settings.*option = value;
    EXPECT_NO_THROW(settings.check()) << value;
  }
  for (const Value value : refused) {
    settings.*option = value;
    EXPECT_THROW(settings.check(), InputError) << value;
  }
}

TEST(Settings, RangeBitsAreNoMoreThanBits) {
  Settings settings;
  settings.bits = 6;
  expect_taken(settings, &Settings::range_bits, {0, 2, 6}, {-1, 1, 7});
}

TEST(Settings, CorrelatedErrorsAreThoseOfOneMultiplier) {
  Settings settings;
  settings.tables = MultiplierSharing::layer_wise;
  expect_taken(settings, &Settings::correlated, {false}, {true});
}

}  // namespace
}  // namespace tram::train
