#include "sim/app/generated_network.hpp"

#include <cmath>

#include "models/data/philox.hpp"
#include "models/network/vit.hpp"

namespace tram {
namespace {

constexpr uint64_t kSeed = 1;
constexpr uint32_t kStream = 0x7669;   // of these weights alone

/// FNV-1a: the same on every machine.
uint64_t hash(const std::string& text) {
  uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return value;
}

/// Scales of normalisations are 1, biases 0; class token and positions lie in -1 .. 1; a matrix has rows of variance
/// 1 / inputs.
Tensor generated_parameter(const std::string& name, const Shape& shape) {
  Tensor tensor = zeros(shape);
  if (name.ends_with(".bias")) return tensor;
  const bool is_scale = shape.size() == 1;
  const bool is_token = !name.ends_with(".weight");
  const auto inputs = static_cast<float>(element_count(shape)) / static_cast<float>(shape.front());
  const float limit = is_token ? 1.0F : std::sqrt(3.0F / inputs);
  RandomItem random(kSeed, kStream, hash(name));
  for (float& value : tensor.data) value = is_scale ? 1.0F : limit * (2 * random.unit() - 1);
  return tensor;
}

}  // namespace

NetworkGraph generated_transformer() {
  const VisionTransformer architecture{
      .patch = 4, .width = 32, .depth = 2, .heads = 2, .hidden = 64, .classes = 10, .input = {32, 32, 3}};
  NetworkGraph graph = vision_transformer(architecture, generated_parameter);
  graph.name = generated_transformer_name;
  return graph;
}

}  // namespace tram
