#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/data/image_folder.hpp"

namespace tram::train {

/// The 8-bit pixels of one image where they lie: channel c of pixel (y, x) is
/// pixels[(y * width + x) * pixel_step + c * channel_step].
struct PixelView {
  const uint8_t* pixels = nullptr;
  int height = 0, width = 0;
  int pixel_step = 3, channel_step = 1;

  uint8_t at(int y, int x, int channel) const {
    return pixels[(ptrdiff_t{y} * width + x) * pixel_step + ptrdiff_t{channel} * channel_step];
  }
};

/// Labelled RGB images in memory or in mapped files, each at its own size, in the order of their use.
struct PixelImages {
  std::string name;
  FeatureShape shape;  ///< what the network takes; smaller images are upscaled to it
  Normalisation normalisation;
  std::vector<PixelView> images;
  std::vector<int> labels;
  std::shared_ptr<const void> memory;  ///< what the views look into

  int count() const { return static_cast<int>(labels.size()); }
};

/// Images first .. first + count - 1 of a data set, copied into memory. InputError when it has fewer.
PixelImages copy_images(const Dataset& dataset, int first, int count);

/// CIFAR-10, its binary files mapped. Errors as Cifar10's.
PixelImages map_cifar10(const std::filesystem::path& folder, Split split);

/// Cache of decoded images and how it is filled.
struct PixelCache {
  std::filesystem::path folder;
  int threads = 1;  ///< that decode; no influence on the result
};

/// ImageNet for tuning, below `folder`, decoded once into a file of the cache, which is mapped (see pixel_cache.hpp):
/// - Split::train: imagenet/sample1000 (224 x 224, imagenet/sample1000.csv) and tiny64_12k (64 x 64,
///   imagenet/tiny64_12k.csv), shuffled together in one order that is always the same, so that the first N images are
///   a fair mix of both and the last ones, set aside, are never trained on whatever the seed;
/// - Split::test: the first `count` images of tram::imagenet(folder, Split::test).
/// Preprocessing as in imagenet(); the images of tiny64_12k are taken as they are.
/// InputError names data that is absent or broken; RunError when the cache cannot be written.
PixelImages map_imagenet_train(const std::filesystem::path& folder, const PixelCache& cache,
                               const PreprocessingChoice& choice = {},
                               const ImagePreprocessing& of_network = network_preprocessing(""));
PixelImages map_imagenet_test(const std::filesystem::path& folder, int count, const PixelCache& cache,
                              const PreprocessingChoice& choice = {},
                              const ImagePreprocessing& of_network = network_preprocessing(""));

}  // namespace tram::train
