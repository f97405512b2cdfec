#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/network/tensor.hpp"
#include "models/support/data_folder.hpp"

namespace tram {

enum class Split { train, test };

/// A value for each channel of an image.
using Rgb = std::array<float, 3>;

/// Per-channel normalisation of pixels in [0, 1]: (pixel / 255 - mean) / deviation. The default is ImageNet's.
struct Normalisation {
  Rgb mean = {0.485F, 0.456F, 0.406F};
  Rgb deviation = {0.229F, 0.224F, 0.225F};

  bool operator==(const Normalisation&) const = default;
};

/// "0.485, 0.456, 0.406"
std::string to_text(const Rgb& values);
/// "mean 0.485, 0.456, 0.406, deviation 0.229, 0.224, 0.225"
std::string to_text(const Normalisation& normalisation);

/// Labelled RGB images of one size. Const methods may be called from several threads at once;
/// index is in [0, count()).
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::string name() const = 0;
  virtual int count() const = 0;
  virtual FeatureShape shape() const = 0;
  /// The image as 8-bit pixels, height x width x channels, channels fastest.
  virtual std::vector<uint8_t> pixels(int index) const = 0;
  /// Class of an image, in [0, class_names().size()).
  virtual int label(int index) const = 0;
  virtual const std::vector<std::string>& class_names() const = 0;
  const Normalisation& normalisation() const { return normalisation_; }
  void set_normalisation(const Normalisation& normalisation) { normalisation_ = normalisation; }
  /// Preprocessing of the images, in words.
  virtual std::string preprocessing() const { return to_text(normalisation_); }

  /// Hash of what the first `count` images are, as image() gives them; for keys of caches. Here that of their shape,
  /// normalisation and pixels; a data set may hash the files that they follow from instead.
  virtual std::string content_key(int count) const;

  /// The network's input: normalised pixels, shape [height, width, channels].
  Tensor image(int index) const;

 private:
  Normalisation normalisation_;
};

}  // namespace tram
