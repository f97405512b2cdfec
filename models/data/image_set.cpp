#include "models/data/image_set.hpp"

#include <array>
#include <stdexcept>

#include "models/data/cifar10.hpp"
#include "models/data/image_folder.hpp"

namespace tram {
namespace {

std::unique_ptr<Dataset> opened(ImageSet set, Split split, const OpenImages& options) {
  switch (set) {
    case ImageSet::cifar10: return std::make_unique<Cifar10>(options.folder, split);
    case ImageSet::imagenet:
      return imagenet(options.folder, split, options.preprocessing, network_preprocessing(options.network));
    case ImageSet::shapes: return std::make_unique<Shapes>(split, options.count, options.seed);
  }
  throw std::logic_error("an image set without reader");
}

}  // namespace

std::span<const NamedValue<ImageSet>> names_of(ImageSet) {
  static constexpr std::array<NamedValue<ImageSet>, 3> names{
      {{ImageSet::cifar10, "cifar10"}, {ImageSet::imagenet, "imagenet"}, {ImageSet::shapes, "shapes"}}};
  return names;
}

const ImageSetTraits& traits_of(ImageSet set) {
  static const std::array<ImageSetTraits, 3> traits{
      {{"CIFAR-10", {"cifar-10-batches-bin/test_batch.bin", "cifar-10-batches-bin/data_batch_1.bin"}, false},
       {"ImageNet", {"imagenet/synsets.txt"}, true},
       {"drawn shapes", {}, false}}};
  return traits[static_cast<size_t>(set)];
}

std::unique_ptr<Dataset> open_images(ImageSet set, Split split, const OpenImages& options) {
  std::unique_ptr<Dataset> images = opened(set, split, options);
  images->set_normalisation(options.preprocessing.over(images->normalisation()));
  return images;
}

}  // namespace tram
