#include "train/data/image_store.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "models/data/philox.hpp"
#include "models/data/resize.hpp"
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

RgbImage resized(const PixelView& image, const FeatureShape& shape) {
  RgbImage copy{image.width, image.height, {}};
  copy.pixels.reserve(size_t{3} * static_cast<size_t>(image.width * image.height));
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int channel = 0; channel < 3; ++channel) copy.pixels.push_back(image.at(y, x, channel));
  return resize(copy, shape.width, shape.height);
}

}  // namespace

ImageStore::ImageStore(const Dataset& dataset, int first, int count)
    : ImageStore(copy_images(dataset, first, count), 0, count) {}

ImageStore::ImageStore(const PixelImages& images, int first, int count)
    : shape_(images.shape), memory_(images.memory), normalised_(normalised_levels(images.normalisation)) {
  if (first + count > images.count())
    throw InputError(images.name, fmt::format("has {} images; {} are asked for", images.count(), first + count));
  images_.assign(images.images.begin() + first, images.images.begin() + first + count);
  labels_.assign(images.labels.begin() + first, images.labels.begin() + first + count);
}

ImageStore ImageStore::first(int count) const {
  ImageStore some = *this;
  const auto kept = static_cast<size_t>(std::min(count, this->count()));
  some.images_.resize(kept);
  some.labels_.resize(kept);
  return some;
}

void ImageStore::load(int index, const Augmentation& augmentation, uint64_t seed, uint64_t use, BatchTensor& batch,
                      int row) const {
  RandomItem random(seed, augmentation_stream, use);
  const int pad = augmentation.crop_padding;
  const int down = pad > 0 ? random.between(-pad, pad) : 0, right = pad > 0 ? random.between(-pad, pad) : 0;
  const bool mirrored = augmentation.flip && random.between(0, 1) != 0;
  PixelView image = images_[static_cast<size_t>(index)];
  RgbImage scaled;
  if (image.height != shape_.height || image.width != shape_.width) {
    scaled = resized(image, shape_);
    image = {scaled.pixels.data(), shape_.height, shape_.width};
  }
  float* to = &batch.at(row, 0, 0, 0);
  for (int y = 0; y < shape_.height; ++y)
    for (int x = 0; x < shape_.width; ++x) {
      const int from_y = y + down, from_x = (mirrored ? shape_.width - 1 - x : x) + right;
      const bool within = from_y >= 0 && from_y < shape_.height && from_x >= 0 && from_x < shape_.width;
      for (int channel = 0; channel < shape_.channels; ++channel) {
        const int level = within ? image.at(from_y, from_x, channel) : 0;
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
