#include "train/data/image_store.hpp"

#include <numeric>
#include <utility>

#include "models/data/philox.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

constexpr uint32_t augmentation_stream = 0x7477'0002;
constexpr uint32_t order_stream = 0x7477'0003;

std::vector<float> normalised_levels(const Normalisation& norm) {
  std::vector<float> values;
  for (size_t channel = 0; channel < norm.mean.size(); ++channel)
    for (int level = 0; level < 256; ++level)
      values.push_back((static_cast<float>(level) / 255.0F - norm.mean[channel]) / norm.deviation[channel]);
  return values;
}

}  // namespace

ImageStore::ImageStore(const Dataset& dataset, int first, int count)
    : shape_(dataset.shape()), normalised_(normalised_levels(dataset.normalisation())) {
  if (first + count > dataset.count())
    throw InputError(dataset.name(), fmt::format("has {} images; {} are asked for", dataset.count(), first + count));
  pixels_.reserve(static_cast<size_t>(count * shape_.size()));
  labels_.reserve(static_cast<size_t>(count));
  for (int index = first; index < first + count; ++index) {
    const std::vector<uint8_t> pixels = dataset.pixels(index);
    pixels_.insert(pixels_.end(), pixels.begin(), pixels.end());
    labels_.push_back(dataset.label(index));
  }
}

void ImageStore::load(int index, const Augmentation& augmentation, uint64_t seed, uint64_t use, BatchTensor& batch,
                      int row) const {
  RandomItem random(seed, augmentation_stream, use);
  const int pad = augmentation.crop_padding;
  const int down = pad > 0 ? random.between(-pad, pad) : 0, right = pad > 0 ? random.between(-pad, pad) : 0;
  const bool mirrored = augmentation.flip && random.between(0, 1) != 0;
  const uint8_t* image = pixels_.data() + index * shape_.size();
  float* to = &batch.at(row, 0, 0, 0);
  for (int y = 0; y < shape_.height; ++y)
    for (int x = 0; x < shape_.width; ++x) {
      const int from_y = y + down, from_x = (mirrored ? shape_.width - 1 - x : x) + right;
      const bool within = from_y >= 0 && from_y < shape_.height && from_x >= 0 && from_x < shape_.width;
      for (int channel = 0; channel < shape_.channels; ++channel) {
        const int level = within ? image[(from_y * shape_.width + from_x) * shape_.channels + channel] : 0;
        *to++ = normalised_[static_cast<size_t>(channel * 256 + level)];
      }
    }
}

std::vector<int> epoch_order(int count, uint64_t seed, int epoch) {
  std::vector<int> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  RandomItem random(seed, order_stream, static_cast<uint64_t>(epoch));
  for (int i = count - 1; i > 0; --i) {
    const int j = random.between(0, i);
    std::swap(order[static_cast<size_t>(i)], order[static_cast<size_t>(j)]);
  }
  return order;
}

}  // namespace tram::train
