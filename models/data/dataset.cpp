#include "models/data/dataset.hpp"

#include <fmt/ranges.h>

#include "models/support/archive.hpp"
#include "models/support/content_hash.hpp"

namespace tram {

std::string to_text(const Rgb& values) { return fmt::format("{}", fmt::join(values, ", ")); }

std::string to_text(const Normalisation& normalisation) {
  return fmt::format("mean {}, deviation {}", to_text(normalisation.mean), to_text(normalisation.deviation));
}

std::string Dataset::content_key(int count) const {
  ArchiveWriter content;
  content.put(shape());
  const Normalisation& norm = normalisation();
  content.put(norm.mean);
  content.put(norm.deviation);
  for (int i = 0; i < count; ++i) content.put(pixels(i));
  return content_hash(content.bytes());
}

Tensor Dataset::image(int index) const {
  const std::vector<uint8_t> codes = pixels(index);
  const Normalisation& norm = normalisation();
  Tensor image = zeros(shape());
  for (size_t i = 0; i < codes.size(); ++i) {
    const size_t channel = i % norm.mean.size();
    image.data[i] = (static_cast<float>(codes[i]) / 255.0F - norm.mean[channel]) / norm.deviation[channel];
  }
  return image;
}

}  // namespace tram
