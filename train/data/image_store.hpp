#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "train/data/pixel_images.hpp"
#include "train/layers/batch_tensor.hpp"

namespace tram::train {

/// Augmentation of a training image before each use: a random crop of its own size out of the image with crop_padding
/// black pixels around it, and a mirror image every other time. The default changes nothing. An image that is upscaled
/// is cropped afterwards.
struct Augmentation {
  int crop_padding = 0;
  bool flip = false;
};

/// A range of images, as 8-bit pixels in memory or in mapped files. Copies share the pixels.
class ImageStore {
 public:
  ImageStore() = default;
  /// Images first .. first + count - 1, copied into memory. InputError when the data set has fewer.
  ImageStore(const Dataset& dataset, int first, int count);
  /// Images first .. first + count - 1, left where they are. InputError when there are fewer.
  ImageStore(const PixelImages& images, int first, int count);

  /// Store of the first `count` images, or of all where there are fewer.
  ImageStore first(int count) const;

  int count() const { return static_cast<int>(labels_.size()); }
  const std::vector<int>& labels() const { return labels_; }

  /// Writes image `index`, normalised as Dataset::image does, into row `row` of a batch; an image of another size than
  /// the set's shape is first resized to it (resize).
  /// The augmentation drawn is a function of (seed, use), where use numbers every use of every image.
  void load(int index, const Augmentation& augmentation, uint64_t seed, uint64_t use, BatchTensor& batch,
            int row) const;
  /// The same, unchanged.
  void load(int index, BatchTensor& batch, int row) const { load(index, {}, 0, 0, batch, row); }

 private:
  FeatureShape shape_;
  std::vector<PixelView> images_;
  std::shared_ptr<const void> memory_;  ///< that the views look into
  std::vector<int> labels_;
  std::vector<float> normalised_;  ///< [channel][256], the normalised value of each pixel level
};

/// The numbers 0 .. count - 1 in the order in which epoch `epoch` uses them, a function of the arguments alone
/// (Fisher-Yates shuffle).
std::vector<int> epoch_order(int count, uint64_t seed, int epoch);

}  // namespace tram::train
