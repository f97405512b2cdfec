#pragma once
#include <filesystem>

#include "train/data/image_store.hpp"
#include "train/settings.hpp"

namespace tram::train {

/// The images of a training: trained on, validated on (both from the training set), scored at the end.
struct TrainingImages {
  ImageStore train, validation, test;
};

/// Draws or reads the images the settings name. InputError when real data is absent, damaged or too small.
TrainingImages load_images(const Settings& settings, const std::filesystem::path& data_folder);

}  // namespace tram::train
