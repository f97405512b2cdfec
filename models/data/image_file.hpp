#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tram {

/// An RGB image, 8 bits a channel: pixels[(row * width + column) * 3 + channel].
struct RgbImage {
  int width = 0, height = 0;
  std::vector<uint8_t> pixels;
  bool operator==(const RgbImage&) const = default;
};

/// Reads a JPEG (baseline or progressive; grey, YCbCr, RGB, CMYK or YCCK) or PNG (any colour type and depth but 16 bits
/// of grey alone) file, told apart by their first bytes. Every pixel equals what Pillow's
/// Image.open(path).convert("RGB") gives: grey is repeated, 16 bits are cut to 8, transparency is dropped, CMYK becomes
/// (255 - K) (255 - ink) / 255, the samples of the file being 255 - ink with Adobe's marker and without. EXIF orientation
/// and colour profiles are ignored. InputError names the file when it is broken, cut off or of another format, or has
/// a side above 32768 or more than 2^27 pixels; 16-bit grey, which Pillow clips to white above 255, is refused too.
RgbImage read_image(const std::filesystem::path& path);

/// Image from the bytes of a file; messages have `name` in place of the path.
RgbImage decode_image(const std::string& name, const std::string& bytes);
RgbImage decode_jpeg(const std::string& name, const std::string& bytes);
RgbImage decode_png(const std::string& name, const std::string& bytes);

/// Throws the InputError of an image with too large a side or too many pixels.
void check_image_size(const std::string& name, uint64_t width, uint64_t height);

}  // namespace tram
