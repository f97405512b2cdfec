#include "models/data/image_folder.hpp"

#include <gtest/gtest.h>

#include "models/data/image_file.hpp"
#include "models/data/resize.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/temporary_folder.hpp"
#include "tests/data/accuracy.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

fs::path source(const std::string& name) { return fs::path(TRAM_SOURCE_DIR) / "tests" / "data" / "images" / name; }

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
    PreprocessingChoice choice;
    choice.resize = resize;
    choice.crop = crop;
    return imagenet(folder_.path(), split, choice);
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

/// 23 x 17 pixels, 3.5 columns left over on each side: at 4 as torchvision crops, at 3 in the small sets.
TEST_F(ImageFolderTest, CropOfResizedImagesIsTorchvisions) {
  put("colour.png", "val/n01/x.png");
  const RgbImage whole = read_image(source("colour.png"));
  for (const int resize : {0, 17}) {
    const std::vector<uint8_t> pixels = open(Split::test, 16, resize)->pixels(0);
    for (size_t i = 0; i < 48; ++i) ASSERT_EQ(pixels[i], whole.pixels[4 * 3 + i]) << resize;
  }
}

TEST_F(ImageFolderTest, PreprocessingIsTheChoiceThenTheNetworks) {
  put("colour.jpg", "val/n01/x.jpg");
  const auto text = [&](const PreprocessingChoice& choice, const std::string& network) {
    return imagenet(folder_.path(), Split::test, choice, network_preprocessing(network))->preprocessing();
  };
  const std::string imagenets = "mean 0.485, 0.456, 0.406, deviation 0.229, 0.224, 0.225";
  EXPECT_EQ(text({}, "deit_tiny_patch16_224"), "resize 248 (bicubic), centre crop 224, " + imagenets);
  PreprocessingChoice choice;
  choice.resize = 18;
  choice.crop = 10;
  choice.mean = {0.25F, 0.5F, 0.75F};
  choice.interpolation = Interpolation::bilinear;
  EXPECT_EQ(text(choice, "vit_tiny_patch16_224"),
            "resize 18 (bilinear), centre crop 10, mean 0.25, 0.5, 0.75, deviation 0.5, 0.5, 0.5");
  EXPECT_EQ(imagenet(folder_.path(), Split::test, choice)->pixels(0),
            centre_crop(resize_shorter_side(read_image(source("colour.jpg")), 18, Interpolation::bilinear), 10).pixels);
  choice.resize = 9;
  EXPECT_EQ(error_of([&] { text(choice, ""); }),
            "data.resize: 9 with data.crop: 10; 0 (no resizing) or at least the crop is expected");
  fs::rename(root_ / "val", root_ / "val500");
  write_file(root_ / "val500.csv", "file,label\nn01/x.jpg,0\n");
  EXPECT_EQ(text({}, "vit_tiny_patch16_224"),
            "no resizing, centre crop 224, mean 0.5, 0.5, 0.5, deviation 0.5, 0.5, 0.5");
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
  EXPECT_EQ(error(1),
            (root_ / "val500" / "b.jpg").string() + ": 23 x 17 pixels; at least 18 x 18 are expected, to crop");
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
  PreprocessingChoice choice;
  choice.crop = 16;
  EXPECT_EQ(imagenet(folder_.path(), Split::test, choice)->content_key(2), two);
  choice.deviation = Rgb{0.5F, 0.5F, 0.5F};
  EXPECT_NE(imagenet(folder_.path(), Split::test, choice)->content_key(2), two);
  choice.deviation = {};
  choice.interpolation = Interpolation::bilinear;
  EXPECT_NE(imagenet(folder_.path(), Split::test, choice)->content_key(2), two);
  write_file(root_ / "val500" / "b.JPEG", read_file(root_ / "val500" / "b.JPEG") + "x");
  EXPECT_EQ(open()->content_key(1), one);
  EXPECT_NE(open()->content_key(2), two);
}

}  // namespace
}  // namespace tram
