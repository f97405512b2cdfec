#include "models/data/preprocessing.hpp"

#include <gtest/gtest.h>

#include "models/data/synthetic.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr Normalisation one_half = {{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}};

std::string error_of(const std::string& text, float low, float high) {
  try {
    parse_rgb("data.mean", text, low, high);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

/// input_size, crop_pct (224 / .9 = 248.9 -> 248), mean and std of the default_cfgs in timm's deit.py and
/// vision_transformer.py.
TEST(NetworkPreprocessing, IsTimms) {
  const auto expect = [](const char* name, int resize, int crop, const Normalisation& normalisation) {
    EXPECT_EQ(network_preprocessing(name), (ImagePreprocessing{resize, crop, normalisation})) << name;
  };
  expect("deit_tiny_patch16_224", 248, 224, {});
  expect("deit_base_patch16_384", 384, 384, {});
  expect("vit_tiny_patch16_224", 248, 224, one_half);
  expect("vit_tiny_patch16_224.augreg_in21k_ft_in1k", 248, 224, one_half);
  expect("vit_small_patch32_384", 384, 384, one_half);
  expect("vit_base_patch16_224.dino", 248, 224, {});
  expect("some/folder/vit_tiny_patch16_224.onnx", 248, 224, one_half);
  for (const char* name : {"", "vit_shapes", "resnet20_cifar10", "some/vit/resnet50.onnx", "vit_tiny_patch16_x"})
    expect(name, 256, 224, {});
}

TEST(NetworkPreprocessing, AChoiceWins) {
  PreprocessingChoice choice;
  EXPECT_EQ(choice.over(one_half), one_half);
  choice.mean = Rgb{0, 0.25F, 1};
  EXPECT_EQ(choice.over(one_half), (Normalisation{{0, 0.25F, 1}, {0.5F, 0.5F, 0.5F}}));
  choice.crop = 160;
  EXPECT_EQ(choice.over(network_preprocessing("")).crop, 160);
  EXPECT_EQ(choice.over(network_preprocessing("")).resize, 256);
}

TEST(NetworkPreprocessing, ADataSetTakesAnotherNormalisation) {
  Shapes data(Split::test, 1);
  const std::string key = data.content_key(1);
  data.set_normalisation(one_half);
  EXPECT_NE(data.content_key(1), key);
  EXPECT_EQ(data.image(0).data[4], (static_cast<float>(data.pixels(0)[4]) / 255.0F - 0.5F) / 0.5F);
  EXPECT_EQ(data.preprocessing(), "mean 0.5, 0.5, 0.5, deviation 0.5, 0.5, 0.5");
}

TEST(ParseRgb, OneNumberOrThree) {
  EXPECT_EQ(parse_rgb("x", "0.5", 0, 1), (Rgb{0.5F, 0.5F, 0.5F}));
  EXPECT_EQ(parse_rgb("x", "0.485, 0.456,0.406", 0, 1), (Rgb{0.485F, 0.456F, 0.406F}));
  EXPECT_EQ(to_text(parse_rgb("x", "0.485 0.456 0.406", 0, 1)), "0.485, 0.456, 0.406");
  for (const char* text : {"", "a", "0.1, 0.2", "0.1, 0.2, 0.3, 0.4", "123.675, 116.28, 103.53", "0.1, 0.2, nan"})
    EXPECT_EQ(
        error_of(text, 0, 1),
        fmt::format("data.mean: '{}'; one number of 0 to 1, for pixels of 0 to 1, or three separated by commas are "
                    "expected",
                    text));
}

}  // namespace
}  // namespace tram
