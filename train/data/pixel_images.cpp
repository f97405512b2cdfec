#include "train/data/pixel_images.hpp"

#include <numeric>

#include "models/data/cifar10.hpp"
#include "models/data/image_folder.hpp"
#include "models/data/philox.hpp"
#include "models/support/error.hpp"
#include "train/data/pixel_cache.hpp"

namespace tram::train {
namespace {

constexpr uint32_t mixing_stream = 0x7477'0004;

/// The order of images that is the same for every training, whatever its seed.
void shuffle(PixelImages& set) {
  RandomItem random(0, mixing_stream, 0);
  for (int i = set.count() - 1; i > 0; --i) {
    const auto j = static_cast<size_t>(random.between(0, i)), k = static_cast<size_t>(i);
    std::swap(set.images[j], set.images[k]);
    std::swap(set.labels[j], set.labels[k]);
  }
}

}  // namespace

PixelImages copy_images(const Dataset& dataset, int first, int count) {
  if (first + count > dataset.count())
    throw InputError(dataset.name(), fmt::format("has {} images; {} are asked for", dataset.count(), first + count));
  PixelImages set{dataset.name(), dataset.shape(), dataset.normalisation(), {}, {}, {}};
  const auto image_bytes = static_cast<size_t>(set.shape.size());
  const auto memory = std::make_shared<std::vector<uint8_t>>();
  memory->reserve(static_cast<size_t>(count) * image_bytes);
  for (int index = first; index < first + count; ++index) {
    const std::vector<uint8_t> pixels = dataset.pixels(index);
    memory->insert(memory->end(), pixels.begin(), pixels.end());
    set.labels.push_back(dataset.label(index));
  }
  for (size_t i = 0; i < static_cast<size_t>(count); ++i)
    set.images.push_back({memory->data() + i * image_bytes, set.shape.height, set.shape.width});
  set.memory = memory;
  return set;
}

PixelImages map_cifar10(const std::filesystem::path& folder, Split split) {
  const auto data = std::make_shared<const Cifar10>(folder, split);
  const FeatureShape shape = data->shape();
  PixelImages set{data->name(), shape, data->normalisation(), {}, {}, data};
  for (int index = 0; index < data->count(); ++index) {
    set.images.push_back({data->planes(index), shape.height, shape.width, 1, shape.height * shape.width});
    set.labels.push_back(data->label(index));
  }
  return set;
}

PixelImages map_imagenet_train(const std::filesystem::path& folder, const PixelCache& cache,
                               const PreprocessingChoice& choice, const ImagePreprocessing& of_network) {
  const auto root = folder / "imagenet";
  const std::vector<Synset> classes = read_synsets(root / "synsets.txt");
  const ImageFolder large("sample1000", root / "sample1000", root / "sample1000.csv", classes,
                          small_set_preprocessing(choice, of_network));
  const ImageFolder small("tiny64_12k", folder / "tiny64_12k", root / "tiny64_12k.csv", classes, {0, 64, {}});
  PixelImages set = cached_images({{&large, large.count()}, {&small, small.count()}}, cache);
  set.name = "imagenet (sample1000 and tiny64_12k)";
  shuffle(set);
  return set;
}

PixelImages map_imagenet_test(const std::filesystem::path& folder, int count, const PixelCache& cache,
                              const PreprocessingChoice& choice, const ImagePreprocessing& of_network) {
  const std::unique_ptr<Dataset> data = imagenet(folder, Split::test, choice, of_network);
  return cached_images({{data.get(), count}}, cache);
}

}  // namespace tram::train
