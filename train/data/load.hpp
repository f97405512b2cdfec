#pragma once
#include <filesystem>
#include <memory>

#include "train/config/settings.hpp"
#include "train/data/image_store.hpp"

namespace tram::train {

/// The images of a training: trained on (the first of the training set), validated on (its last, so that they are the
/// same whatever the number trained on), scored at the end.
struct TrainingImages {
  ImageStore train, validation, test;
};

/// The data set the settings name; `count` images of those that are drawn. InputError when it is absent or damaged.
std::unique_ptr<Dataset> open_dataset(const Settings& settings, const std::filesystem::path& data_folder, Split split,
                                      int count);

/// Draws the images the settings name, or maps them (see pixel_images.hpp), decoded on `threads`. InputError when real
/// data is absent, damaged or too small.
TrainingImages load_images(const Settings& settings, const std::filesystem::path& data_folder, int threads = 1);

}  // namespace tram::train
