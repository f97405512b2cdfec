#pragma once
#include <optional>
#include <string>

#include "models/data/dataset.hpp"
#include "models/data/resize.hpp"

namespace tram {

/// Steps from an image file to the network's input: optionally resize the shorter side (antialiased), crop the middle
/// square, normalise.
struct ImagePreprocessing {
  int resize = 0;  ///< pixels of the shorter side; 0: no resizing
  int crop = 224;  ///< pixels a side
  Normalisation normalisation = {};
  Interpolation interpolation = Interpolation::bicubic;
  HalfPixel half_pixel = HalfPixel::to_even;

  bool operator==(const ImagePreprocessing&) const = default;
};

/// Text of a preprocessing, such as "resize 248 (bicubic), centre crop 224, mean 0.5, 0.5, 0.5, deviation 0.5, 0.5,
/// 0.5".
std::string to_text(const ImagePreprocessing& preprocessing);

/// The settings of preprocessing that a user or the file of a trained network gives; the others are unset.
struct PreprocessingChoice {
  std::optional<Rgb> mean, deviation;
  std::optional<int> resize, crop;
  std::optional<Interpolation> interpolation;

  bool operator==(const PreprocessingChoice&) const = default;
  /// `normalisation` with the values that are set here in place of its own.
  Normalisation over(Normalisation normalisation) const;
  ImagePreprocessing over(ImagePreprocessing preprocessing) const;
};

/// Preprocessing of the images on which a network was trained on ImageNet, by its name (with or without timm's tag
/// behind a dot, or the path of an ONNX file of that name), as timm 1.0 has it: of deit_... ImageNet's normalisation;
/// of vit_<size>_patch<size>_<image size> mean = deviation = 1/2 (but of dino and mae ImageNet's); both bicubic,
/// cropped to the image size of the name after resizing to that / .9, rounded down (from 384 pixels on to the same).
/// Any other network: 256, 224, bicubic, ImageNet's normalisation.
ImagePreprocessing network_preprocessing(const std::string& network);

/// "bicubic" or "bilinear", and the reverse; InputError(where, ...) for other texts.
std::string to_text(Interpolation interpolation);
Interpolation parse_interpolation(const std::string& where, const std::string& text);

/// One number for all channels or three, separated by commas or blanks. InputError(where, ...) for anything else, and
/// for numbers outside low .. high.
Rgb parse_rgb(const std::string& where, const std::string& text, float low, float high);

/// A whole number of low .. largest_side; InputError(where, ...) for anything else.
int parse_pixels(const std::string& where, const std::string& text, int low);

/// Limits of what may be set.
inline constexpr float lowest_mean = 0, highest_mean = 1, lowest_deviation = 1e-3F, highest_deviation = 1e3F;
inline constexpr int largest_side = 4096;  ///< pixels

}  // namespace tram
