#pragma once
#include <cmath>
#include <string>

#include "models/data/embedded/embedded.hpp"
#include "models/network/load_network.hpp"
#include "models/network/vit.hpp"
#include "tests/train/gradients.hpp"

namespace tram::train {

/// ResNet-8 on drawn shapes as this project trained it, in fp32.
inline NetworkGraph trained_resnet8() {
  return load_network("resnet8_shapes", SafeTensors("embedded", std::string(embedded_weights("resnet8_shapes"))));
}

/// A vision transformer of one block for 32 x 32 images, 17 tokens of 24 channels, with random weights.
inline NetworkGraph random_vit() {
  const VisionTransformer architecture{
      .patch = 8, .width = 24, .depth = 1, .heads = 2, .hidden = 32, .classes = 10, .input = {32, 32, 3}};
  uint64_t seed = 1;
  NetworkGraph graph = vision_transformer(architecture, [&](const std::string& name, const Shape& shape) {
    Tensor tensor = zeros(shape);
    const bool embedding = name == "cls_token" || name == "pos_embed", scale = name.find("norm") != name.npos;
    const float fan_in = static_cast<float>(element_count(shape)) / static_cast<float>(shape[0]);
    fill_random(tensor.data, seed++, embedding || shape.size() == 1 ? 0.3F : std::sqrt(3 / fan_in));
    if (scale && name.ends_with(".weight"))
      for (float& value : tensor.data) value += 1;
    return tensor;
  });
  graph.name = "vit_shapes";
  return graph;
}

}  // namespace tram::train
