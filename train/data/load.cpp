#include "train/data/load.hpp"

#include "models/data/cifar10.hpp"
#include "models/data/synthetic.hpp"

namespace tram::train {
namespace {

std::unique_ptr<Dataset> open(const Settings& settings, const std::filesystem::path& folder, Split split, int count) {
  if (settings.data == "cifar10") return std::make_unique<Cifar10>(folder, split);
  return std::make_unique<Shapes>(split, count);
}

}  // namespace

TrainingImages load_images(const Settings& settings, const std::filesystem::path& data_folder) {
  const int training_set = settings.train_images + settings.validation_images;
  const auto train = open(settings, data_folder, Split::train, training_set);
  const auto test = open(settings, data_folder, Split::test, settings.test_images);
  return {ImageStore(*train, 0, settings.train_images),
          ImageStore(*train, settings.train_images, settings.validation_images),
          ImageStore(*test, 0, settings.test_images)};
}

}  // namespace tram::train
