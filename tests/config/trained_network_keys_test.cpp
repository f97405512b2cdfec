#include "sim/config/trained_network_keys.hpp"

#include <gtest/gtest.h>

#include "models/quant/trained_network_info.hpp"
#include "models/support/error.hpp"
#include "sim/config/resolve_scenario.hpp"
#include "tests/config/scratch_folder.hpp"

namespace tram {
namespace {

class TrainedNetworkKeys : public testing::Test {
 protected:
  TrainedNetworkKeys() {
    TrainedNetworkInfo info{"vit_tiny_patch16_224", "imagenet", {224, 224, 3}, {}, {}};
    info.options = {.bits = 6,
                    .stream_bits = 12,
                    .score_bits = 10,
                    .equalise = false,
                    .weights = WeightGranularity::per_tensor,
                    .calibrate = CalibrationMethod::percentile,
                    .percentile = 99.5,
                    .images = 100};
    write_safetensors(folder_.path() / "trained.safetensors", {}, to_metadata(info));
    write_safetensors(folder_.path() / "fp32.safetensors", {}, {{"bits", "5"}});
    folder_.write("cells.lib", "library (cells) {}\n");
  }
  Scenario resolve(const std::string& yaml) const {
    return resolve_scenario(load_scenario_file(folder_.write("case.yaml", "technology.liberty: cells.lib\n" + yaml)));
  }
  std::string refusal(const std::string& yaml) const {
    return message_of<InputError>([&] { resolve(yaml); });
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  ScratchFolder folder_;
};

TEST_F(TrainedNetworkKeys, FollowFromTheFile) {
  const std::string multiplier = "multiplier: exact_dadda_6x6\n";
  const Scenario scenario = resolve("network_weights: trained.safetensors\n" + multiplier);
  EXPECT_EQ(scenario.network.name, "vit_tiny_patch16_224");
  EXPECT_EQ(scenario.quantise.bits, 6);
  EXPECT_EQ(scenario.quantise.codes, CodeKind::unsigned_codes);
  EXPECT_EQ(scenario.quantise.stream_bits, 12);
  EXPECT_EQ(scenario.quantise.score_bits, 10);
  EXPECT_FALSE(scenario.quantise.equalise);
  EXPECT_EQ(scenario.quantise.weights, WeightGranularity::per_tensor);
  EXPECT_EQ(scenario.quantise.calibrate, CalibrationMethod::percentile);
  EXPECT_EQ(scenario.quantise.percentile, 99.5);
  EXPECT_EQ(scenario.quantise.images, 100);
  EXPECT_EQ(scenario.quantise.compensation, Compensation::none);
  const std::string as_run = scenario_as_yaml(scenario);
  EXPECT_EQ(scenario_as_yaml(resolve_scenario(load_scenario_file(folder_.write("case.yaml", as_run)))), as_run);
}

TEST_F(TrainedNetworkKeys, PreprocessingFollowsFromTheFileToo) {
  TrainedNetworkInfo info{"vit_tiny_patch16_224", "imagenet", {224, 224, 3}, {}, {}};
  info.preprocessing = {Rgb{0.5F, 0.5F, 0.5F}, Rgb{0.1F, 0.2F, 0.3F}, 250, {}, Interpolation::bilinear};
  write_safetensors(folder_.path() / "images.safetensors", {}, to_metadata(info));
  const SafeTensors file(folder_.path() / "images.safetensors");
  EXPECT_EQ(trained_network_info(file)->preprocessing, info.preprocessing);
  const std::string yaml = "data.set: imagenet\nnetwork_weights: images.safetensors\n";
  EXPECT_EQ(resolve(yaml).data.preprocessing, info.preprocessing);
  EXPECT_EQ(resolve(yaml + "data.mean: 0.5\n").data.preprocessing, info.preprocessing);
  EXPECT_EQ(refusal(yaml + "data.deviation: 0.5\n"),
            path("case.yaml") +
                ":4: data.deviation: '0.5, 0.5, 0.5' with network_weights: " + path("images.safetensors") +
                ", whose quantisers were trained with '0.1, 0.2, 0.3'; that, or no data.deviation is expected");
  info.preprocessing.crop = 0;
  write_safetensors(folder_.path() / "images.safetensors", {}, to_metadata(info));
  EXPECT_EQ(refusal(yaml),
            path("images.safetensors") + ", metadata entry crop: '0'; a number of 1 to 4096 is expected");
}

TEST_F(TrainedNetworkKeys, AWeightsFileOfAnotherKindDecidesNothing) {
  EXPECT_EQ(resolve("network_weights: fp32.safetensors\n").quantise.bits, 8);
}

TEST_F(TrainedNetworkKeys, AGivenKeyThatSaysSomethingElseIsAnError) {
  EXPECT_EQ(refusal("quantise.bits: 8\nnetwork_weights: trained.safetensors\n"),
            path("case.yaml") + ":2: quantise.bits: '8' with network_weights: " + path("trained.safetensors") +
                ", whose quantisers were trained with '6'; that, or no quantise.bits is expected");
  EXPECT_EQ(refusal("network: resnet20_cifar10\nnetwork_weights: trained.safetensors\n"),
            path("case.yaml") + ":2: network: 'resnet20_cifar10' with network_weights: " + path("trained.safetensors") +
                ", whose quantisers were trained with 'vit_tiny_patch16_224'; that, or no network is expected");
  EXPECT_EQ(resolve("quantise: { bits: 6, equalise: no }\nmultiplier: exact_dadda_6x6\n"
                    "network_weights: trained.safetensors\n")
                .quantise.bits,
            6);
}

TEST_F(TrainedNetworkKeys, ABadFileIsNamed) {
  folder_.write("cut.safetensors", "1234");
  EXPECT_EQ(refusal("network_weights: cut.safetensors\n"),
            path("cut.safetensors") + ": 4 bytes; a safetensors file of at least 8 is expected");
}

}  // namespace
}  // namespace tram
