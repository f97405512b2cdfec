#include "models/network/resnet.hpp"

#include <gtest/gtest.h>

#include "models/network/load_network.hpp"
#include "models/support/error.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/network/temporary_file.hpp"
#include "tests/network/test_networks.hpp"

namespace tram {
namespace {

/// Writes the parameters of an architecture, except one; returns the path.
const std::filesystem::path& write_resnet(const ResnetCifar& architecture, const std::string& skip = "") {
  NamedTensors tensors;
  const ParameterSource random = random_parameters(3);
  resnet_cifar(architecture, [&](const std::string& name, const Shape& shape) {
    const Tensor tensor = random(name, shape);
    if (name != skip) tensors.emplace_back(name, tensor);
    return tensor;
  });
  static const TemporaryFile file("resnet_test.safetensors");
  write_safetensors(file.path(), tensors);
  return file.path();
}

TEST(Resnet, MacsAreThePublishedOnes) {
  EXPECT_EQ(ResnetCifar{}.depth(), 20);
  const NetworkGraph graph = resnet_cifar(ResnetCifar{}, random_parameters(1));
  EXPECT_EQ(mac_count(graph), 40'551'040);  // 40.6 MMAC
  EXPECT_EQ(graph.name, "resnet20");
}

TEST(Resnet, ParameterCountIsThePublishedOne) {
  int64_t parameters = 0;
  const ParameterSource random = random_parameters(1);
  resnet_cifar(ResnetCifar{}, [&](const std::string& name, const Shape& shape) {
    if (name.find("running") == std::string::npos) parameters += element_count(shape);
    return random(name, shape);
  });
  EXPECT_EQ(parameters, 269'722);  // 0.27 M in He et al., table 6
}

TEST(Resnet, ArchitectureComesFromTheFile) {
  ResnetCifar small;
  small.blocks = 1;
  small.width = 8;
  small.classes = 7;
  const std::filesystem::path path = write_resnet(small);
  const ResnetCifar found = resnet_cifar_architecture(SafeTensors(path));
  EXPECT_EQ(found.depth(), 8);
  EXPECT_EQ(found.width, 8);
  EXPECT_EQ(found.classes, 7);
  EXPECT_EQ(infer_shapes(load_network("resnet8_synthetic", SafeTensors(path))).back(), (FeatureShape{1, 1, 7}));
}

TEST(Resnet, WrongDepthAndUnknownNameAreRefused) {
  ResnetCifar small;
  small.blocks = 1;
  const std::filesystem::path path = write_resnet(small);
  EXPECT_THROW(load_network("resnet20_cifar10", SafeTensors(path)), InputError);
  for (const char* name : {"", "vgg", "resnet", "resnet_cifar10", "resnet8x_a", "resnet99999", "resne", "myresnet8"})
    EXPECT_THROW(load_network(name, SafeTensors(path)), InputError) << name;
  EXPECT_EQ(load_network("resnet8", SafeTensors(path)).name, "resnet8");
}

/// The tensors of a ResNet-18 with projections where maps halve, as shortcuts of option B have them, or others.
std::string error_with(const std::string& extra, const Shape& shape) {
  NamedTensors tensors;
  const ParameterSource random = random_parameters(3);
  resnet_cifar(ResnetCifar{.blocks = 2, .width = 8, .stages = 4}, [&](const std::string& name, const Shape& own) {
    return tensors.emplace_back(name, random(name, own)).second;
  });
  tensors.emplace_back("bn1.num_batches_tracked", Tensor{{}, {7}});
  if (!extra.empty()) tensors.emplace_back(extra, zeros(shape));
  const SafeTensors file("resnet18.safetensors", to_safetensors(tensors));
  try {
    load_network("resnet18_cifar10", file);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(Resnet, TensorsWithoutAPlaceAreNamed) {
  EXPECT_EQ(error_with("", {}), "none");
  EXPECT_EQ(error_with("layer2.0.shortcut.0.weight", {16, 8, 1, 1}),
            "resnet18.safetensors: tensor layer2.0.shortcut.0.weight has no place in resnet18_cifar10; a network that "
            "uses every tensor of its file is expected");
  EXPECT_NE(error_with("conv1.bias", {8}).find("tensor conv1.bias has no place"), std::string::npos);
}

TEST(Resnet, WeightsThatAreNotFiniteAreNamed) {
  NamedTensors tensors;
  resnet_cifar(ResnetCifar{.blocks = 1, .width = 4}, [&](const std::string& name, const Shape& shape) {
    return tensors.emplace_back(name, random_parameters(3)(name, shape)).second;
  });
  tensors[2].second.data[1] = NAN;
  try {
    load_network("resnet8_shapes", SafeTensors("nan.safetensors", to_safetensors(tensors)));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()),
              "nan.safetensors: tensor " + tensors[2].first + ": values that are not finite; finite ones are expected");
  }
}

TEST(Resnet, MissingTensorIsNamed) {
  const std::filesystem::path path = write_resnet(ResnetCifar{}, "layer2.1.bn2.running_var");
  try {
    resnet_cifar(SafeTensors(path));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("resnet_test.safetensors: no tensor layer2.1.bn2.running_var"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace tram
