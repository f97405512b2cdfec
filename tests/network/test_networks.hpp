#pragma once
#include <cmath>
#include <random>

#include "models/network/resnet.hpp"

namespace tram {

/// Random but plausible parameters: weights with variance 2 / fan-in, positive variances and scales.
inline ParameterSource random_parameters(uint32_t seed) {
  return [generator = std::mt19937(seed)](const std::string& name, const Shape& shape) mutable {
    Tensor tensor = zeros(shape);
    const bool norm_scale = name.ends_with("running_var") || (shape.size() == 1 && name.ends_with(".weight"));
    const double deviation = shape.size() > 1 ? std::sqrt(2.0 * double(shape[0]) / double(element_count(shape))) : 0.1;
    std::normal_distribution<float> values(norm_scale ? 1.0F : 0.0F, static_cast<float>(deviation));
    for (float& value : tensor.data) value = norm_scale ? std::abs(values(generator)) + 0.1F : values(generator);
    return tensor;
  };
}

inline Tensor random_image(const FeatureShape& shape, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> values(0.0F, 1.0F);
  Tensor image = zeros(shape);
  for (float& value : image.data) value = values(generator);
  return image;
}

/// A small ResNet-8: width 4, 12 x 12 images, random parameters.
inline NetworkGraph small_resnet(uint32_t seed) {
  ResnetCifar architecture;
  architecture.blocks = 1;
  architecture.width = 4;
  architecture.classes = 5;
  architecture.input = {12, 12, 3};
  return resnet_cifar(architecture, random_parameters(seed));
}

}  // namespace tram
