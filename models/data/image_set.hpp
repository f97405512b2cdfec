#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/preprocessing.hpp"
#include "models/data/synthetic.hpp"
#include "models/options/named_values.hpp"

namespace tram {

/// The data sets that can be read.
enum class ImageSet { cifar10, imagenet, shapes };
std::span<const NamedValue<ImageSet>> names_of(ImageSet);

/// What is known of a set before it is opened.
struct ImageSetTraits {
  const char* title;                         ///< "CIFAR-10"
  std::vector<std::filesystem::path> files;  ///< that it needs in the data folder
  bool is_resized;  ///< images come in many sizes: resize, crop and interpolation have a meaning
};
const ImageSetTraits& traits_of(ImageSet set);

struct OpenImages {
  std::filesystem::path folder = {};  ///< of data
  std::string network = {};           ///< whose preprocessing counts where `preprocessing` says nothing
  PreprocessingChoice preprocessing = {};
  int count = 0;                         ///< drawn images: so many
  uint64_t seed = Shapes::default_seed;  ///< of drawn images
};

/// The images of a split, normalised as asked for. Throws InputError for files that are missing or damaged.
std::unique_ptr<Dataset> open_images(ImageSet set, Split split, const OpenImages& options);

}  // namespace tram
