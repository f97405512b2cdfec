#include "models/data/dataset.hpp"

namespace tram {

Tensor Dataset::image(int index) const {
  const std::vector<uint8_t> codes = pixels(index);
  const Normalisation norm = normalisation();
  Tensor image = zeros(shape());
  for (size_t i = 0; i < codes.size(); ++i) {
    const size_t channel = i % norm.mean.size();
    image.data[i] = (static_cast<float>(codes[i]) / 255.0F - norm.mean[channel]) / norm.deviation[channel];
  }
  return image;
}

}  // namespace tram
