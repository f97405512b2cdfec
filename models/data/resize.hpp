#pragma once
#include "models/data/image_file.hpp"

namespace tram {

/// Bicubic resampling (Keys 1981, a = -1/2) with antialiasing: when an axis shrinks, the kernel is stretched by the
/// ratio of sizes. Fixed-point weights of 22 bits, first across, then down, rounded to 8 bits after each: the pixels
/// equal those of Pillow's Image.resize((width, height), BICUBIC). width and height are at least 1.
RgbImage resize_bicubic(const RgbImage& image, int width, int height);

/// The shorter side becomes `side`, the longer one side * longer / shorter, rounded down (as in torchvision's Resize).
RgbImage resize_shorter_side(const RgbImage& image, int side);

/// The middle size x size pixels, those from row (height - size) / 2 and column (width - size) / 2 on, rounded down, as
/// in the reference preprocessing. The image must have them. (torchvision's CenterCrop rounds half a pixel to even:
/// from 227 to 224 it begins at 2, not 1.)
RgbImage centre_crop(const RgbImage& image, int size);

}  // namespace tram
