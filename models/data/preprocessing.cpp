#include "models/data/preprocessing.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <vector>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// The parts of text between any of the separators; empty ones are left out.
std::vector<std::string> parts_of(const std::string& text, const char* separators) {
  std::vector<std::string> parts;
  for (size_t at = text.find_first_not_of(separators); at != std::string::npos;) {
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(separators, end);
  }
  return parts;
}

bool has(const std::vector<std::string>& words, const char* word) {
  return std::ranges::find(words, word) != words.end();
}

template <class Number>
bool read_number(const std::string& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// Pixels a side in a name such as vit_tiny_patch16_224: what stands behind the patch; 0 where there is none.
int image_size(const std::vector<std::string>& words) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    int size = 0;
    if (words[i].starts_with("patch") && read_number(words[i + 1], size) && size > 0 && size <= largest_side)
      return size;
  }
  return 0;
}

constexpr Rgb one_half = {0.5F, 0.5F, 0.5F};
constexpr std::array<const char*, 2> interpolation_names = {"bicubic", "bilinear"};

}  // namespace

std::string to_text(const ImagePreprocessing& preprocessing) {
  const std::string resize = preprocessing.resize == 0 ? std::string("no resizing")
                                                       : fmt::format("resize {} ({})", preprocessing.resize,
                                                                     to_text(preprocessing.interpolation));
  return fmt::format("{}, centre crop {}, {}", resize, preprocessing.crop, to_text(preprocessing.normalisation));
}

Normalisation PreprocessingChoice::over(Normalisation normalisation) const {
  return {mean.value_or(normalisation.mean), deviation.value_or(normalisation.deviation)};
}

ImagePreprocessing PreprocessingChoice::over(ImagePreprocessing preprocessing) const {
  preprocessing.resize = resize.value_or(preprocessing.resize);
  preprocessing.crop = crop.value_or(preprocessing.crop);
  preprocessing.interpolation = interpolation.value_or(preprocessing.interpolation);
  preprocessing.normalisation = over(preprocessing.normalisation);
  return preprocessing;
}

ImagePreprocessing network_preprocessing(const std::string& network) {
  constexpr ImagePreprocessing usual{.resize = 256, .crop = 224};
  const std::string name = network.ends_with(".onnx") ? std::filesystem::path(network).stem().string() : network;
  const std::vector<std::string> words = parts_of(name, "_.");
  const int size = image_size(words);
  if (size == 0 || (words[0] != "deit" && words[0] != "vit")) return usual;
  ImagePreprocessing result{.resize = size >= 384 ? size : size * 10 / 9, .crop = size};
  if (words[0] == "vit" && !has(words, "dino") && !has(words, "mae")) result.normalisation = {one_half, one_half};
  return result;
}

std::string to_text(Interpolation interpolation) { return interpolation_names[static_cast<size_t>(interpolation)]; }

Interpolation parse_interpolation(const std::string& where, const std::string& text) {
  const auto found = std::ranges::find(interpolation_names, text);
  if (found == interpolation_names.end())
    throw InputError(where, fmt::format("'{}'; one of {} is expected", text, fmt::join(interpolation_names, ", ")));
  return static_cast<Interpolation>(found - interpolation_names.begin());
}

int parse_pixels(const std::string& where, const std::string& text, int low) {
  int value = -1;
  if (!read_number(text, value) || value < low || value > largest_side)
    throw InputError(where, fmt::format("'{}'; a number of {} to {} is expected", text, low, largest_side));
  return value;
}

Rgb parse_rgb(const std::string& where, const std::string& text, float low, float high) {
  const std::vector<std::string> parts = parts_of(text, ", ");
  Rgb values{};
  for (size_t i = 0; i < values.size() && (parts.size() == 1 || parts.size() == values.size()); ++i) {
    const std::string& part = parts[parts.size() == 1 ? 0 : i];
    if (!read_number(part, values[i]) || !(values[i] >= low && values[i] <= high)) break;
    if (i + 1 == values.size()) return values;
  }
  throw InputError(where,
                   fmt::format("'{}'; one number of {} to {}, for pixels of 0 to 1, or three separated by commas "
                               "are expected",
                               text, low, high));
}

}  // namespace tram
