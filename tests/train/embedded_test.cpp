#include "models/data/embedded/embedded.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "models/data/synthetic.hpp"
#include "models/network/float_inference.hpp"
#include "models/network/load_network.hpp"
#include "models/network/resnet.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

SafeTensors open_embedded(const std::string& name) {
  return SafeTensors(name + " (embedded)", std::string(embedded_weights(name)));
}

/// The reference inference scores what the file says its trainer scored, but for images on the edge between two
/// classes, where the two add in another order: at most two of 2,000.
class EmbeddedOnShapes : public testing::TestWithParam<std::pair<const char*, int>> {};  // name, least images right

TEST_P(EmbeddedOnShapes, HasTheAccuracyItNames) {
  const auto [name, least] = GetParam();
  const SafeTensors file = open_embedded(name);
  const int images = std::stoi(file.metadata().at("test_images"));
  ASSERT_EQ(images, 2000);
  const FloatInference inference(load_network(name, file));
  const Shapes set(Split::test, images);
  int correct = 0;
  for (int i = 0; i < images; ++i) {
    const std::vector<float> logits = inference.logits(set.image(i));
    correct += std::max_element(logits.begin(), logits.end()) - logits.begin() == set.label(i);
  }
  EXPECT_NEAR(correct, std::stod(file.metadata().at("test_accuracy")) * images, 2);
  EXPECT_GE(correct, least);
}
INSTANTIATE_TEST_SUITE_P(Networks, EmbeddedOnShapes,
                         testing::Values(std::pair{"resnet8_shapes", 1900}, std::pair{"vit_shapes", 1700}));

TEST(Embedded, Resnet8ShapesIsSmall) {
  EXPECT_LT(embedded_weights("resnet8_shapes").size(), 100'000U);
  const ResnetCifar architecture = resnet_cifar_architecture(open_embedded("resnet8_shapes"));
  EXPECT_EQ(architecture.depth(), 8);
  EXPECT_EQ(architecture.width, 8);
}

TEST(Embedded, UnknownNameIsRefusedWithTheNearest) {
  try {
    embedded_weights("resnet8_shape");
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'resnet8_shapes'?"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tram
