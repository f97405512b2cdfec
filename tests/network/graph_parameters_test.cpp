#include "models/network/graph_parameters.hpp"

#include <gtest/gtest.h>

#include <set>

#include "models/network/load_network.hpp"
#include "models/network/vit.hpp"
#include "tests/network/test_networks.hpp"

namespace tram {
namespace {

using Stored = std::set<std::pair<std::string, Shape>>;

/// What a builder asks its source for.
template <class Build>
Stored asked_for(const Build& build) {
  Stored all;
  build([&](const std::string& name, const Shape& shape) {
    all.emplace(name, shape);
    return zeros(shape);
  });
  return all;
}

Stored parameters_of_graph(NetworkGraph graph) {
  Stored all;
  for (const GraphParameter& parameter : graph_parameters(graph)) {
    EXPECT_EQ(element_count(parameter.stored), static_cast<int64_t>(parameter.tensor->data.size())) << parameter.name;
    EXPECT_TRUE(all.emplace(parameter.name, parameter.stored).second) << parameter.name;
  }
  return all;
}

/// A graph's parameters are those, by name and shape, that its builder took from the file.
TEST(GraphParameters, AreThoseOfTheFile) {
  const ResnetCifar resnet{.blocks = 2};
  const VisionTransformer transformer{.depth = 2, .classes = 7};
  EXPECT_EQ(parameters_of_graph(resnet_cifar(resnet, random_parameters(1))),
            asked_for([&](const ParameterSource& source) { resnet_cifar(resnet, source); }));
  EXPECT_EQ(parameters_of_graph(vision_transformer(transformer, random_parameters(1))),
            asked_for([&](const ParameterSource& source) { vision_transformer(transformer, source); }));
}

/// The architecture is the file's, the parameters are those of the source.
TEST(GraphParameters, MayComeFromElsewhereThanTheArchitecture) {
  const ResnetCifar architecture{.blocks = 1, .width = 4, .classes = 5};
  NetworkGraph original = resnet_cifar(architecture, random_parameters(2));
  NamedTensors tensors;
  for (const GraphParameter& parameter : graph_parameters(original))
    tensors.emplace_back(parameter.name, Tensor{parameter.stored, parameter.tensor->data});
  const SafeTensors file("f", to_safetensors(tensors));
  NetworkGraph zero =
      load_network("resnet8_any", file, [](const std::string&, const Shape& shape) { return zeros(shape); });
  NetworkGraph same = load_network("resnet8_any", file);
  const auto of_zero = graph_parameters(zero), of_same = graph_parameters(same), expected = graph_parameters(original);
  ASSERT_EQ(of_zero.size(), expected.size());
  ASSERT_EQ(of_same.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(of_zero[i].name, expected[i].name);
    EXPECT_EQ(*of_zero[i].tensor, zeros(expected[i].tensor->shape));
    EXPECT_EQ(*of_same[i].tensor, *expected[i].tensor);
  }
}

}  // namespace
}  // namespace tram
