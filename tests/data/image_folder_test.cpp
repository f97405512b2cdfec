#include "models/data/image_folder.hpp"

#include <gtest/gtest.h>

#include "models/data/accuracy.hpp"
#include "models/data/image_file.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

fs::path source(const std::string& name) {
  return fs::path(TRAM_SOURCE_DIR) / "tests" / "data" / "images" / name;
}

std::string error_of(const auto& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

/// A data folder with an imagenet folder of three classes and whatever a test puts there.
class ImageFolderTest : public testing::Test {
 protected:
  ImageFolderTest() {
    fs::create_directories(root_);
    write_file(root_ / "synsets.txt", "0\tn01\ttench, Tinca tinca\n1\tn02\tgoldfish\n2\tn03\tshark\n");
  }

  void put(const std::string& image, const fs::path& to) {
    fs::create_directories((root_ / to).parent_path());
    fs::copy_file(source(image), root_ / to);
  }

  std::unique_ptr<Dataset> open(Split split = Split::test, int crop = 16, int resize = 0) const {
    return imagenet(folder_.path(), split, ImagePreprocessing{resize, crop, {}});
  }

  std::string open_error() const {
    return error_of([&] { open(); });
  }

  TemporaryFolder folder_;
  fs::path root_ = folder_.path() / "imagenet";
};

TEST_F(ImageFolderTest, ListedImages) {
  put("colour.jpg", "val500/a.JPEG");
  put("grey.jpg", "val500/b.JPEG");
  write_file(root_ / "val500.csv", "file,label,synset\r\nb.JPEG,2,n03\r\na.JPEG,0,n01\r\n");
  const std::unique_ptr<Dataset> data = open();
  EXPECT_EQ(data->name(), "imagenet val500");
  ASSERT_EQ(data->count(), 2);
  EXPECT_EQ(data->label(0), 2);
  EXPECT_EQ(data->label(1), 0);
  EXPECT_EQ(data->class_names()[0], "tench, Tinca tinca");
  EXPECT_EQ(data->shape(), (FeatureShape{16, 16, 3}));
  // 23 x 17 cropped to 16 x 16: from row 0 and column 3 on.
  const RgbImage whole = read_image(source("colour.jpg"));
  const std::vector<uint8_t> pixels = data->pixels(1);
  ASSERT_EQ(pixels.size(), 16U * 16 * 3);
  for (size_t y = 0; y < 16; ++y)
    for (size_t i = 0; i < 48; ++i) ASSERT_EQ(pixels[y * 48 + i], whole.pixels[(y * 23 + 3) * 3 + i]);
  EXPECT_FLOAT_EQ(data->image(1).data[1], (float(pixels[1]) / 255 - 0.456F) / 0.224F);
}

TEST_F(ImageFolderTest, FoldersNamedBySynset) {
  put("colour.jpg", "val/n03/x.jpg");
  put("grey.jpg", "val/n01/z.JPEG");
  put("colour.png", "val/n01/y.png");
  write_file(root_ / "val" / "n01" / "notes.txt", "no image");
  const std::unique_ptr<Dataset> data = open(Split::test, 8, 10);
  ASSERT_EQ(data->count(), 3);
  const auto& folder = dynamic_cast<const ImageFolder&>(*data);
  EXPECT_EQ(folder.file(0).filename(), "y.png");
  EXPECT_EQ(data->label(0), 0);
  EXPECT_EQ(data->label(2), 2);
  EXPECT_EQ(data->pixels(2).size(), 8U * 8 * 3);
}

TEST_F(ImageFolderTest, CalibrationImagesAreOthers) {
  put("colour.jpg", "sample1000/n02.jpg");
  write_file(root_ / "sample1000.csv", "file,label,synset\nn02.jpg,1,n02\n");
  EXPECT_EQ(open(Split::train)->name(), "imagenet sample1000");
}

TEST_F(ImageFolderTest, WrongListsAreNamedByLine) {
  put("colour.jpg", "val500/a.JPEG");
  const std::string csv = (root_ / "val500.csv").string();
  const auto error_with = [&](const std::string& content) {
    write_file(csv, content);
    return open_error();
  };
  EXPECT_EQ(error_with("name,label\na.JPEG,0\n"), csv + ":1: no column file; columns file and label are expected");
  EXPECT_EQ(error_with(""), csv + ":1: no column file; columns file and label are expected");
  EXPECT_EQ(error_with("file,label\na.JPEG,0\na.JPEG,3\n"), csv + ":3: label '3'; 0 .. 2 is expected");
  EXPECT_EQ(error_with("file,label\na.JPEG,-1\n"), csv + ":2: label '-1'; 0 .. 2 is expected");
  EXPECT_EQ(error_with("file,label\na.JPEG,1x\n"), csv + ":2: label '1x'; 0 .. 2 is expected");
  EXPECT_EQ(error_with("file,label\na.JPEG\n"), csv + ":2: 1 fields; 2 are expected");
  EXPECT_EQ(error_with("file,label\n"), csv + ": lists no image; at least one is expected");
  EXPECT_EQ(error_with("file,label\nb.JPEG,1\n"),
            (root_ / "val500" / "b.JPEG").string() + ": is not there; an image file is expected");
}

TEST_F(ImageFolderTest, WrongFoldersAreNamed) {
  put("colour.jpg", "val/n07/x.jpg");
  EXPECT_EQ(open_error(),
            (root_ / "val" / "n07").string() + ": is not named by a class; a synset of synsets.txt is expected");
  fs::remove_all(root_ / "val" / "n07");
  EXPECT_NE(open_error().find("holds no image"), std::string::npos);
  write_file(root_ / "synsets.txt", "0\tn01\tx\n2\tn02\ty\n");
  EXPECT_EQ(open_error(), (root_ / "synsets.txt").string() +
                              ":2: '2\tn02\ty'; 1, a synset and its words, separated by tabs, are expected");
}

TEST_F(ImageFolderTest, BrokenAndSmallImagesAreNamed) {
  fs::create_directories(root_ / "val500");
  write_file(root_ / "val500" / "a.jpg", read_file(source("colour.jpg")).substr(0, 300));
  put("colour.jpg", "val500/b.jpg");
  write_file(root_ / "val500.csv", "file,label\na.jpg,0\nb.jpg,0\n");
  const std::unique_ptr<Dataset> data = open(Split::test, 18);
  const auto error = [&](int image) { return error_of([&] { data->image(image); }); };
  EXPECT_EQ(error(0).find((root_ / "val500" / "a.jpg").string() + ": broken JPEG: "), 0U);
  EXPECT_EQ(error(1), (root_ / "val500" / "b.jpg").string() +
                          ": 23 x 17 pixels; at least 18 x 18 are expected, to crop");
}

TEST(Accuracy, RanksByHand) {
  const std::vector<float> logits = {1, 5, 3, 5, -2};
  EXPECT_EQ(class_rank<float>(logits, 1), 0);
  EXPECT_EQ(class_rank<float>(logits, 3), 1);  // equal to class 1, which comes first
  EXPECT_EQ(class_rank<float>(logits, 2), 2);
  EXPECT_EQ(class_rank<float>(logits, 4), 4);
  Accuracy accuracy;
  for (const int rank : {0, 4, 5, 0}) accuracy.add(rank);
  EXPECT_EQ(accuracy, (Accuracy{4, 2, 3}));
  EXPECT_EQ(accuracy.top5_share(), 0.75);
}

/// Content and preprocessing count, names and images beyond the first ones do not.
TEST_F(ImageFolderTest, ContentKeyFollowsFilesAndPreprocessing) {
  put("colour.jpg", "val500/a.JPEG");
  put("grey.jpg", "val500/b.JPEG");
  write_file(root_ / "val500.csv", "file,label\na.JPEG,0\nb.JPEG,1\n");
  const std::string one = open()->content_key(1), two = open()->content_key(2);
  EXPECT_NE(one, two);
  EXPECT_EQ(open()->content_key(2), two);
  EXPECT_NE(open(Split::test, 15)->content_key(2), two);
  EXPECT_NE(open(Split::test, 16, 20)->content_key(2), two);
  write_file(root_ / "val500" / "b.JPEG", read_file(root_ / "val500" / "b.JPEG") + "x");
  EXPECT_EQ(open()->content_key(1), one);
  EXPECT_NE(open()->content_key(2), two);
}

}  // namespace
}  // namespace tram
