#pragma once
#include <vector>

#include "train/data/pixel_images.hpp"

namespace tram::train {

/// The first `count` images of a data set.
struct DatasetPart {
  const Dataset* dataset;
  int count;
};

/// The images of all parts, one part after the other, each at its data set's size, mapped from one file of the cache:
/// images-<hash of what the parts hold>.bin. The file is made, by several threads, when it is absent or damaged; it
/// appears whole or not at all, and processes that make it at the same time do not disturb each other. Shape,
/// name and normalisation are the first part's.
///
/// The file: pixels of all images (height x width x 3, channels fastest), a table with size, label and hash of each,
/// and a trailer with the table's hash; all of it is checked when opened.
///
/// InputError when a part has fewer images or one of them is broken, RunError when the file cannot be written.
PixelImages cached_images(const std::vector<DatasetPart>& parts, const PixelCache& cache);

}  // namespace tram::train
