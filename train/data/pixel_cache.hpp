#pragma once
#include <vector>

#include "train/data/pixel_images.hpp"

namespace tram::train {

/// The first `count` images of a data set.
struct DatasetPart {
  const Dataset* dataset;
  int count;
};

/// The images of all parts, one part after the other, each at its data set's size, mapped from one file of the cache
/// (content_cache.hpp), by what the parts hold. It is made, by several threads, when it is absent or damaged: the
/// pixels of all images, height x width x 3, channels fastest. Shape, name and normalisation are the first part's.
///
/// InputError when a part has fewer images or one of them is broken, RunError when the file can be kept nowhere.
PixelImages cached_images(const std::vector<DatasetPart>& parts, const PixelCache& cache);

}  // namespace tram::train
