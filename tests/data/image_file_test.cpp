#include "models/data/image_file.hpp"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "models/data/resize.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "tests/support/source_dir.hpp"

namespace tram {
namespace {

std::filesystem::path file(const std::string& name) {
  return std::filesystem::path(TRAM_SOURCE_DIR) / "tests" / "data" / "images" / name;
}

/// A binary PPM of 8 bits as Pillow writes it: "P6\nwidth height\n255\n", then the pixels.
RgbImage read_ppm(const std::string& name) {
  const std::string bytes = read_file(file(name));
  std::istringstream header(bytes);
  std::string magic;
  RgbImage image;
  int largest = 0;
  header >> magic >> image.width >> image.height >> largest;
  EXPECT_EQ(magic, "P6");
  EXPECT_EQ(largest, 255);
  const auto begin = bytes.begin() + static_cast<int64_t>(header.tellg()) + 1;
  image.pixels.assign(begin, bytes.end());
  return image;
}

std::string decode_error(const std::string& bytes) {
  try {
    decode_image("picture", bytes);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

/// Files of every kind against the pixels that Pillow reads.
class PillowImage : public testing::TestWithParam<const char*> {};

TEST_P(PillowImage, PixelsAreEqual) {
  const std::string name = GetParam();
  EXPECT_EQ(read_image(file(name)), read_ppm(name + ".ppm"));
}

INSTANTIATE_TEST_SUITE_P(ImageFile, PillowImage,
                         testing::Values("colour.jpg", "subsampled.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg",
                                         "cmyk_plain.jpg", "turned.jpg", "colour.png", "grey.png", "bilevel.png",
                                         "palette.png", "alpha.png", "grey_alpha.png", "deep.png"));

TEST(ImageFile, BrokenFilesAreRefusedByName) {
  EXPECT_EQ(decode_error(""), "picture: neither a JPEG nor a PNG file; one of them is expected");
  EXPECT_EQ(decode_error("GIF89a"), "picture: neither a JPEG nor a PNG file; one of them is expected");
  const std::string jpeg = read_file(file("colour.jpg")), png = read_file(file("colour.png"));
  EXPECT_EQ(decode_error(jpeg.substr(0, jpeg.size() - 40)),
            "picture: broken JPEG: Premature end of JPEG file; a whole JPEG file is expected");
  EXPECT_NE(decode_error(jpeg.substr(0, 100)).find("picture: broken JPEG: "), std::string::npos);
  EXPECT_EQ(decode_error(png.substr(0, png.size() - 40)),
            "picture: broken PNG: data ends early; a whole PNG file is expected");
  std::string spoilt = png;
  spoilt[png.size() / 2] = static_cast<char>(~spoilt[png.size() / 2]);
  EXPECT_NE(decode_error(spoilt).find("picture: broken PNG: "), std::string::npos);
  EXPECT_THROW(read_image(file("absent.jpg")), InputError);
}

TEST(ImageFile, DeepGreyIsRefused) {
  EXPECT_EQ(decode_error(read_file(file("deep_grey.png"))),
            "picture: grey of 16 bits, of which Pillow makes white above 255; 8 bits or colour are expected");
}

TEST(ImageFile, EveryTruncationOfAJpegIsRefused) {
  for (const char* name : {"colour.jpg", "progressive.jpg", "cmyk.jpg"}) {
    const std::string whole = read_file(file(name));
    for (size_t size = 0; size + 2 < whole.size(); ++size)
      ASSERT_NE(decode_error(whole.substr(0, size)), "none") << size;
  }
}

TEST(ImageFile, CorruptBytesNeverCrash) {
  std::mt19937 generator(1);
  for (const char* name : {"colour.jpg", "progressive.jpg", "palette.png", "deep.png"}) {
    const std::string whole = read_file(file(name));
    for (int trial = 0; trial < 500; ++trial) {
      std::string bytes = whole;
      for (int change = 0; change <= trial % 3; ++change)
        bytes[4 + generator() % (whole.size() - 4)] = static_cast<char>(generator());
      const std::string error = decode_error(bytes);
      ASSERT_TRUE(error == "none" || error.starts_with("picture: ")) << error;
    }
  }
}

TEST(ImageFile, HugeImagesAreRefusedBeforeTheyAreRead) {
  std::string jpeg = read_file(file("grey.jpg"));
  const size_t frame = jpeg.find("\xFF\xC0");  // start of frame: length, precision, height, width
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\xFD\xE8\xFD\xE8");
  EXPECT_EQ(decode_error(jpeg),
            "picture: an image of 65000 x 65000 pixels; 1 .. 32768 a side and at most 134217728 "
            "in all are expected");
}

TEST(Resize, PixelsEqualPillows) {
  const RgbImage image = read_image(file("colour.png"));
  for (const auto& [width, height] : {std::pair{14, 10}, {23, 40}, {54, 40}, {5, 3}}) {
    EXPECT_EQ(resize(image, width, height), read_ppm(fmt::format("resized_{}x{}.ppm", width, height)));
    EXPECT_EQ(resize(image, width, height, Interpolation::bilinear),
              read_ppm(fmt::format("bilinear_{}x{}.ppm", width, height)));
  }
}

TEST(Resize, ShorterSideAndProportion) {
  const RgbImage image = read_image(file("colour.png"));  // 23 x 17
  EXPECT_EQ(resize_shorter_side(image, 40), read_ppm("resized_54x40.ppm"));
  EXPECT_EQ(resize_shorter_side(image, 40, Interpolation::bilinear), read_ppm("bilinear_54x40.ppm"));
  EXPECT_EQ(resize_shorter_side(image, 17), image);
  RgbImage tall = {17, 23, {}};
  for (int y = 0; y < 23; ++y)
    for (int x = 0; x < 17; ++x) tall.pixels.insert(tall.pixels.end(), 3, static_cast<uint8_t>(x + 10 * y));
  const RgbImage small = resize_shorter_side(tall, 10);
  EXPECT_EQ(small.width, 10);
  EXPECT_EQ(small.height, 13);
}

TEST(Resize, ConstantImagesStayConstant) {
  const RgbImage grey = {9, 7, std::vector<uint8_t>(9 * 7 * 3, 77)};
  for (const auto& [width, height] : {std::pair{4, 3}, {20, 31}, {1, 1}})
    EXPECT_EQ(resize(grey, width, height).pixels, std::vector<uint8_t>(size_t(width) * size_t(height) * 3, 77));
}

TEST(CentreCrop, TakesTheMiddle) {
  RgbImage image = {5, 4, {}};
  for (int i = 0; i < 20; ++i) image.pixels.insert(image.pixels.end(), 3, static_cast<uint8_t>(i));
  const RgbImage middle = centre_crop(image, 2);  // rows 1, 2; columns 2, 3 of 0 .. 4: 1.5 rounds to 2
  EXPECT_EQ(middle.width, 2);
  EXPECT_EQ(middle.pixels, (std::vector<uint8_t>{7, 7, 7, 8, 8, 8, 12, 12, 12, 13, 13, 13}));
  EXPECT_EQ(centre_crop(image, 2, HalfPixel::down).pixels,
            (std::vector<uint8_t>{6, 6, 6, 7, 7, 7, 11, 11, 11, 12, 12, 12}));
}

/// torchvision's CenterCrop begins at int(round((extent - size) / 2.0)), Python's round of a half going to even.
TEST(CentreCrop, BeginsWhereTorchvisionBegins) {
  const std::vector<int> expected = {0, 0, 1, 2, 2, 2, 3, 4, 4, 4};
  for (int rest = 0; rest < 10; ++rest) {
    RgbImage line = {3 + rest, 3, {}};
    for (int i = 0; i < 3 * (3 + rest); ++i)
      line.pixels.insert(line.pixels.end(), 3, static_cast<uint8_t>(i % (3 + rest)));
    EXPECT_EQ(centre_crop(line, 3).pixels[0], expected[static_cast<size_t>(rest)]) << rest;
  }
}

}  // namespace
}  // namespace tram
