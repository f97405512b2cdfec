#include "train/data/load.hpp"

#include <gtest/gtest.h>

#include "models/data/cifar10.hpp"
#include "models/data/synthetic.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

std::vector<float> image(const ImageStore& store, int index, const FeatureShape& shape) {
  BatchTensor batch(BatchShape(1, shape));
  store.load(index, batch, 0);
  return {batch.values().begin(), batch.values().end()};
}

TEST(LoadImages, DrawnImagesAreTrainedThenValidatedOn) {
  Settings settings;
  settings.train_images = 20;
  settings.validation_images = 5;
  settings.test_images = 3;
  const TrainingImages images = load_images(settings, "");
  const Shapes train(Split::train, 25), test(Split::test, 3);
  ASSERT_EQ(images.train.count(), 20);
  ASSERT_EQ(images.validation.count(), 5);
  ASSERT_EQ(images.test.count(), 3);
  EXPECT_EQ(image(images.train, 19, train.shape()), train.image(19).data);
  EXPECT_EQ(image(images.validation, 0, train.shape()), train.image(20).data);
  EXPECT_EQ(image(images.test, 2, train.shape()), test.image(2).data);
}

TEST(LoadImages, AreNormalisedAsAskedFor) {
  Settings settings;
  settings.train_images = 3;
  settings.validation_images = settings.test_images = 1;
  settings.data_mean = "0.25";
  settings.data_deviation = "0.5, 1, 2";
  Shapes expected(Split::test, 1);
  expected.set_normalisation({{0.25F, 0.25F, 0.25F}, {0.5F, 1, 2}});
  EXPECT_EQ(image(load_images(settings, "").test, 0, expected.shape()), expected.image(0).data);
  EXPECT_EQ(open_dataset(settings, "", Split::test, 1)->image(0).data, expected.image(0).data);
}

class LoadCifar10 : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(data_folder() / "cifar-10-batches-bin"))
      GTEST_SKIP() << "no CIFAR-10 in " << data_folder();
    settings_ = default_settings(ImageSet::cifar10);
  }
  Settings settings_;
};

/// What is set aside does not depend on how many images are trained on.
TEST_F(LoadCifar10, ValidationIsTheEndOfTheTrainingSet) {
  const Cifar10 train(data_folder(), Split::train);
  for (const int count : {1000, 45'000}) {
    settings_.train_images = count;
    const TrainingImages images = load_images(settings_, data_folder());
    EXPECT_EQ(images.train.count(), count);
    ASSERT_EQ(images.validation.count(), 5000);
    EXPECT_EQ(image(images.train, 999, train.shape()), train.image(999).data);
    EXPECT_EQ(image(images.validation, 0, train.shape()), train.image(45'000).data);
    EXPECT_EQ(images.test.count(), 10'000);
  }
}

TEST_F(LoadCifar10, TooManyImagesAreRefused) {
  settings_.train_images = 45'001;
  try {
    load_images(settings_, data_folder());
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "cifar10: has 50000 images; 45001 (--train-images) and 5000 (--validation-images) of "
                 "them are asked for");
  }
}

}  // namespace
}  // namespace tram::train
