#pragma once
#include "models/data/image_file.hpp"

namespace tram {

/// bicubic: Keys 1981, a = -1/2; bilinear: the triangle that is 0 one pixel away.
enum class Interpolation { bicubic, bilinear };

/// Resampling with antialiasing: when an axis shrinks, the kernel is stretched by the ratio of sizes. Fixed-point
/// weights of 22 bits, first across, then down, rounded to 8 bits after each: the pixels equal those of Pillow's
/// Image.resize((width, height), BICUBIC or BILINEAR). width and height are at least 1.
RgbImage resize(const RgbImage& image, int width, int height, Interpolation interpolation = Interpolation::bicubic);

/// The shorter side becomes `side`, the longer one side * longer / shorter, rounded down (as in torchvision's Resize).
RgbImage resize_shorter_side(const RgbImage& image, int side, Interpolation interpolation = Interpolation::bicubic);

/// Rounding of a centre crop's first pixel where the centre is half a pixel off.
enum class HalfPixel {
  to_even,  ///< as torchvision's CenterCrop: from 227 to 224 pixels at 2
  down      ///< from 227 to 224 at 1
};

/// The middle size x size pixels, those from row (height - size) / 2 and column (width - size) / 2 on. The image must
/// have them.
RgbImage centre_crop(const RgbImage& image, int size, HalfPixel half_pixel = HalfPixel::to_even);

}  // namespace tram
