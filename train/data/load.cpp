#include "train/data/load.hpp"

#include "models/data/cifar10.hpp"
#include "models/data/image_folder.hpp"
#include "models/support/content_cache.hpp"
#include "models/support/error.hpp"
#include "models/support/memory.hpp"

namespace tram::train {
namespace {

PixelImages map_images(const Settings& settings, const std::filesystem::path& folder, Split split, int count,
                       int threads) {
  if (settings.data == ImageSet::cifar10) return map_cifar10(folder, split);
  if (settings.data != ImageSet::imagenet) return copy_images(*open_dataset(settings, folder, split, count), 0, count);
  const PixelCache cache{default_cache_folder(), threads};
  const PreprocessingChoice choice = settings.preprocessing();
  const ImagePreprocessing own = network_preprocessing(settings.network_name());
  return split == Split::train ? map_imagenet_train(folder, cache, choice, own)
                               : map_imagenet_test(folder, count, cache, choice, own);
}

}  // namespace

std::unique_ptr<Dataset> open_dataset(const Settings& settings, const std::filesystem::path& folder, Split split,
                                      int count) {
  return open_images(settings.data, split,
                     {.folder = folder,
                      .network = settings.network_name(),
                      .preprocessing = settings.preprocessing(),
                      .count = count});
}

TrainingImages load_images(const Settings& settings, const std::filesystem::path& data_folder, int threads) {
  const int used = settings.train_images + settings.validation_images;
  const auto mapped = [&](Split split, int count) {
    PixelImages images = within_memory(fmt::format("loading {} images", count),
                                       "--train-images, --validation-images and --test-images say how many",
                                       [&] { return map_images(settings, data_folder, split, count, threads); });
    images.normalisation = settings.preprocessing().over(images.normalisation);
    return images;
  };
  const PixelImages train = mapped(Split::train, used), test = mapped(Split::test, settings.test_images);
  if (used > train.count())
    throw InputError(train.name, fmt::format("has {} images; {} (--train-images) and {} (--validation-images) of them "
                                             "are asked for",
                                             train.count(), settings.train_images, settings.validation_images));
  return {ImageStore(train, 0, settings.train_images),
          ImageStore(train, train.count() - settings.validation_images, settings.validation_images),
          ImageStore(test, 0, settings.test_images)};
}

}  // namespace tram::train
