#include "train/data/image_store.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <set>

#include "models/cells/mapping/technology_mapping.hpp"
#include "models/data/cifar10.hpp"
#include "models/data/image_folder.hpp"
#include "models/data/resize.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"
#include "train/data/pixel_cache.hpp"

namespace tram::train {
namespace {

namespace fs = std::filesystem;

/// Drawn images of any size; image i differs from image j.
class Drawn : public Dataset {
 public:
  Drawn(int count, int side, int first_label) : count_(count), side_(side), first_label_(first_label) {}
  std::string name() const override { return "drawn"; }
  int count() const override { return count_; }
  FeatureShape shape() const override { return {side_, side_, 3}; }
  std::vector<uint8_t> pixels(int index) const override {
    std::vector<uint8_t> pixels;
    for (int i = 0; i < side_ * side_ * 3; ++i) pixels.push_back(static_cast<uint8_t>(i * 37 + index * 11 + i / 50));
    return pixels;
  }
  int label(int index) const override { return first_label_ + index % 10; }
  const std::vector<std::string>& class_names() const override {
    static const std::vector<std::string> names(1000);
    return names;
  }

 private:
  int count_, side_, first_label_;
};

std::vector<float> loaded(const ImageStore& store, int index, const FeatureShape& shape,
                          const Augmentation& augmentation = {}, uint64_t seed = 0, uint64_t use = 0) {
  BatchTensor batch(BatchShape(2, shape));
  store.load(index, augmentation, seed, use, batch, 1);
  return {batch.values().begin() + shape.size(), batch.values().end()};
}

/// As Dataset::image does it.
std::vector<float> normalised(const std::vector<uint8_t>& pixels, const Normalisation& norm) {
  std::vector<float> values;
  for (size_t i = 0; i < pixels.size(); ++i)
    values.push_back((static_cast<float>(pixels[i]) / 255.0F - norm.mean[i % 3]) / norm.deviation[i % 3]);
  return values;
}

bool files_without_part(const fs::path& folder, size_t expected) {
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().string().find(".part") != std::string::npos) return false;
    ++files;
  }
  return files == expected;
}

class PixelCacheTest : public testing::Test {
 protected:
  PixelImages open() { return cached_images({{&large_, 7}, {&small_, 300}}, {folder_.path(), 2}); }
  fs::path file() { return fs::directory_iterator(folder_.path())->path(); }

  Drawn large_{7, 16, 0}, small_{400, 5, 20};
  TemporaryFolder folder_;
};

TEST_F(PixelCacheTest, HoldsEveryPixelAndLabelInOneFile) {
  for (int time = 0; time < 2; ++time) {  // made, then found
    const PixelImages images = open();
    ASSERT_EQ(images.count(), 307);
    EXPECT_TRUE(files_without_part(folder_.path(), 1));
    for (int i = 0; i < 307; ++i) {
      const Drawn& from = i < 7 ? large_ : small_;
      const int index = i < 7 ? i : i - 7;
      const PixelView& view = images.images[static_cast<size_t>(i)];
      const std::vector<uint8_t> pixels = from.pixels(index);
      ASSERT_EQ(view.width, from.shape().width);
      ASSERT_TRUE(std::equal(pixels.begin(), pixels.end(), view.pixels)) << i;
      ASSERT_EQ(images.labels[static_cast<size_t>(i)], from.label(index));
    }
  }
}

/// Cut off, changed or foreign: the file is made again.
TEST_F(PixelCacheTest, ADamagedFileIsMadeAgain) {
  open();
  const fs::path path = file();
  const std::string whole = read_file(path);
  std::vector<std::string> damaged = {
      "", "x", whole.substr(0, whole.size() - 1), whole.substr(1), whole + "x", std::string(whole.size(), '\0')};
  for (const size_t place : {size_t{0}, whole.size() / 2, whole.size() - 60, whole.size() - 40, whole.size() - 1}) {
    damaged.push_back(whole);
    damaged.back()[place] = static_cast<char>(damaged.back()[place] ^ 1);
  }
  for (const std::string& content : damaged) {
    write_file(path, content);
    EXPECT_EQ(open().count(), 307);
    EXPECT_TRUE(read_file(path) == whole);
  }
}

TEST_F(PixelCacheTest, OtherContentHasAFileOfItsOwn) {
  open();
  cached_images({{&large_, 6}}, {folder_.path(), 1});
  const Drawn other_labels{7, 16, 3};
  EXPECT_EQ(cached_images({{&other_labels, 7}, {&small_, 300}}, {folder_.path(), 1}).labels[0], 3) << "same pixels";
  EXPECT_TRUE(files_without_part(folder_.path(), 2));
}

TEST_F(PixelCacheTest, TooFewImagesAreNamed) {
  try {
    cached_images({{&large_, 8}}, {folder_.path(), 1});
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "drawn: has 7 images; 8 are asked for");
  }
}

TEST_F(PixelCacheTest, AFolderThatCannotBeWrittenIsNoError) {
  write_file(folder_.path() / "file", "x");
  EXPECT_EQ(cached_images({{&large_, 7}}, {folder_.path() / "file" / "below", 1}).count(), 7);
}

TEST_F(PixelCacheTest, SmallImagesAreResizedAsModelsDataDoes) {
  const PixelImages images = open();
  const ImageStore store(images, 0, 307);
  EXPECT_EQ(loaded(store, 3, large_.shape()), normalised(large_.pixels(3), large_.normalisation()));
  const RgbImage resized = resize({5, 5, small_.pixels(9)}, 16, 16);
  EXPECT_EQ(loaded(store, 16, large_.shape()), normalised(resized.pixels, large_.normalisation()));
}

TEST_F(PixelCacheTest, AugmentationIsAFunctionOfSeedAndUse) {
  const ImageStore store(open(), 0, 307);
  const FeatureShape shape = large_.shape();
  const Augmentation both{2, true};
  std::set<std::vector<float>> versions;
  int other_seed = 0;
  for (uint64_t use = 0; use < 20; ++use) {
    versions.insert(loaded(store, 100, shape, both, 1, use));
    EXPECT_EQ(loaded(store, 100, shape, both, 1, use), loaded(store, 100, shape, both, 1, use));
    other_seed += loaded(store, 100, shape, both, 2, use) != loaded(store, 100, shape, both, 1, use) ? 1 : 0;
  }
  EXPECT_GT(versions.size(), 15U);
  EXPECT_GT(other_seed, 15);
}

/// Without padding, the two versions are the image and its mirror image.
TEST_F(PixelCacheTest, FlipMirrorsTheResizedImage) {
  const ImageStore store(open(), 0, 307);
  const FeatureShape shape = large_.shape();
  const std::vector<float> plain = loaded(store, 50, shape);
  std::vector<float> mirrored(plain.size());
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x)
      std::copy_n(plain.begin() + (y * 16 + 15 - x) * 3, 3, mirrored.begin() + (y * 16 + x) * 3);
  int flips = 0;
  for (uint64_t use = 0; use < 100; ++use) {
    const std::vector<float> image = loaded(store, 50, shape, {0, true}, 1, use);
    EXPECT_TRUE(image == plain || image == mirrored);
    flips += image == mirrored ? 1 : 0;
  }
  EXPECT_GT(flips, 30);
  EXPECT_LT(flips, 70);
}

TEST(ImageStoreTest, ARangeOfADatasetIsCopied) {
  const Drawn data(10, 4, 0);
  const ImageStore store(data, 3, 5);
  EXPECT_EQ(store.count(), 5);
  EXPECT_EQ(store.labels(), (std::vector<int>{3, 4, 5, 6, 7}));
  EXPECT_EQ(loaded(store, 2, data.shape()), data.image(5).data);
  EXPECT_THROW(ImageStore(data, 6, 5), InputError);
  const ImageStore some = store.first(2);
  EXPECT_EQ(some.count(), 2);
  EXPECT_EQ(some.labels()[1], store.labels()[1]);
  EXPECT_EQ(store.first(100).count(), store.count());
}

TEST(RealImages, Cifar10IsMapped) {
  if (!fs::exists(data_folder() / "cifar-10-batches-bin")) GTEST_SKIP() << "no CIFAR-10 in " << data_folder();
  const Cifar10 data(data_folder(), Split::train);
  const ImageStore store(map_cifar10(data_folder(), Split::train), 9'990, 20);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(loaded(store, i, data.shape()), data.image(9'990 + i).data);
    EXPECT_EQ(store.labels()[static_cast<size_t>(i)], data.label(9'990 + i));
  }
}

class RealImagenet : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(data_folder() / "tiny64_12k") || !fs::exists(data_folder() / "imagenet" / "sample1000"))
      GTEST_SKIP() << "no ImageNet samples in " << data_folder();
  }
  PixelCache cache_{default_cache_folder(), 2};
};

TEST_F(RealImagenet, TrainingIsAFairMixOfBothSets) {
  const PixelImages images = map_imagenet_train(data_folder(), cache_);
  ASSERT_EQ(images.count(), 13'000);
  int large = 0;
  for (int i = 0; i < 1300; ++i) large += images.images[static_cast<size_t>(i)].width == 224 ? 1 : 0;
  EXPECT_GT(large, 60);  // 100 expected, standard deviation 9
  EXPECT_LT(large, 140);
  std::set<const uint8_t*> different;
  for (const PixelView& view : images.images) different.insert(view.pixels);
  EXPECT_EQ(different.size(), 13'000U);
}

/// Each image of the mix is one of the two sets', with its label.
TEST_F(RealImagenet, ImagesAreThoseOfTheFolders) {
  const PixelImages images = map_imagenet_train(data_folder(), cache_);
  const fs::path root = data_folder() / "imagenet";
  const ImageFolder small("tiny", data_folder() / "tiny64_12k", root / "tiny64_12k.csv",
                          read_synsets(root / "synsets.txt"), {0, 64, {}});
  for (const int index : {0, 6000, 11'999}) {
    const std::vector<uint8_t> pixels = small.pixels(index);
    int found = 0;
    for (int i = 0; i < images.count(); ++i) {
      const PixelView& view = images.images[static_cast<size_t>(i)];
      if (view.width != 64 || !std::equal(pixels.begin(), pixels.end(), view.pixels)) continue;
      EXPECT_EQ(images.labels[static_cast<size_t>(i)], small.label(index));
      const ImageStore store(images, i, 1);
      const RgbImage resized = resize({64, 64, pixels}, 224, 224);
      EXPECT_EQ(loaded(store, 0, images.shape), normalised(resized.pixels, images.normalisation));
      ++found;
    }
    EXPECT_EQ(found, 1);
  }
}

TEST_F(RealImagenet, TestImagesAreVal500) {
  const auto data = imagenet(data_folder(), Split::test);
  const PixelImages images = map_imagenet_test(data_folder(), 20, cache_);
  const ImageStore store(images, 0, 20);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(loaded(store, i, data->shape()), data->image(i).data);
    EXPECT_EQ(store.labels()[static_cast<size_t>(i)], data->label(i));
  }
}

}  // namespace
}  // namespace tram::train
