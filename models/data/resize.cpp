#include "models/data/resize.hpp"

#include <algorithm>
#include <cmath>

namespace tram {
namespace {

constexpr int precision_bits = 22;
constexpr int half = 1 << (precision_bits - 1);

double cubic(double x) {
  x = std::abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

double triangle(double x) { return std::max(1 - std::abs(x), 0.0); }

/// A kernel and the distance from which on it is 0.
struct Kernel {
  double (*value)(double);
  double support;
};

Kernel kernel_of(Interpolation interpolation) {
  return interpolation == Interpolation::bicubic ? Kernel{cubic, 2} : Kernel{triangle, 1};
}

/// The inputs of one output sample along one axis and their weights, in 2^-22.
struct Taps {
  int first = 0;
  std::vector<int> weights;
};

std::vector<Taps> make_taps(int in, int out, const Kernel& kernel) {
  const double scale = static_cast<double>(in) / out, stretch = std::max(scale, 1.0);
  const double support = kernel.support * stretch;
  std::vector<Taps> taps(static_cast<size_t>(out));
  for (int i = 0; i < out; ++i) {
    const double centre = (i + 0.5) * scale;
    // As Pillow rounds:
    const int first = std::max(static_cast<int>(centre - support + 0.5), 0);  // NOLINT(bugprone-incorrect-roundings)
    const int end = std::min(static_cast<int>(centre + support + 0.5), in);   // NOLINT(bugprone-incorrect-roundings)
    std::vector<double> weights;
    double sum = 0;
    for (int x = first; x < end; ++x) sum += weights.emplace_back(kernel.value((x - centre + 0.5) * (1 / stretch)));
    Taps& to = taps[static_cast<size_t>(i)];
    to.first = first;
    for (const double weight : weights)
      to.weights.push_back(static_cast<int>(std::round(weight / sum * (1 << precision_bits))));
  }
  return taps;
}

uint8_t rounded(int sum) { return static_cast<uint8_t>(std::clamp(sum >> precision_bits, 0, 255)); }

RgbImage resample_rows(const RgbImage& image, int width, const Kernel& kernel) {
  if (width == image.width) return image;
  const std::vector<Taps> taps = make_taps(image.width, width, kernel);
  RgbImage out{width, image.height, std::vector<uint8_t>(size_t(width) * size_t(image.height) * 3)};
  uint8_t* to = out.pixels.data();
  for (int row = 0; row < image.height; ++row) {
    const uint8_t* const in = image.pixels.data() + size_t(row) * size_t(image.width) * 3;
    for (const Taps& tap : taps) {
      const uint8_t* from = in + size_t(tap.first) * 3;
      int red = half, green = half, blue = half;
      for (const int weight : tap.weights) {
        red += from[0] * weight;
        green += from[1] * weight;
        blue += from[2] * weight;
        from += 3;
      }
      *to++ = rounded(red);
      *to++ = rounded(green);
      *to++ = rounded(blue);
    }
  }
  return out;
}

RgbImage resample_columns(const RgbImage& image, int height, const Kernel& kernel) {
  if (height == image.height) return image;
  const size_t row_bytes = size_t(image.width) * 3;
  RgbImage out{image.width, height, std::vector<uint8_t>(row_bytes * size_t(height))};
  std::vector<int> sums(row_bytes);
  uint8_t* to = out.pixels.data();
  for (const Taps& tap : make_taps(image.height, height, kernel)) {
    std::fill(sums.begin(), sums.end(), half);
    const uint8_t* from = image.pixels.data() + size_t(tap.first) * row_bytes;
    for (const int weight : tap.weights) {
      for (size_t i = 0; i < row_bytes; ++i) sums[i] += from[i] * weight;
      from += row_bytes;
    }
    for (size_t i = 0; i < row_bytes; ++i) to[i] = rounded(sums[i]);
    to += row_bytes;
  }
  return out;
}

}  // namespace

RgbImage resize(const RgbImage& image, int width, int height, Interpolation interpolation) {
  const Kernel kernel = kernel_of(interpolation);
  return resample_columns(resample_rows(image, width, kernel), height, kernel);
}

RgbImage resize_shorter_side(const RgbImage& image, int side, Interpolation interpolation) {
  const int64_t shorter = std::min(image.width, image.height), longer = std::max(image.width, image.height);
  const int other = static_cast<int>(side * longer / shorter);
  const bool tall = image.width <= image.height;
  return resize(image, tall ? side : other, tall ? other : side, interpolation);
}

RgbImage centre_crop(const RgbImage& image, int size, HalfPixel half_pixel) {
  const auto begin = [&](int extent) {
    const int rest = extent - size, down = rest / 2;
    return down + (half_pixel == HalfPixel::to_even && rest % 2 == 1 ? down % 2 : 0);
  };
  const int top = begin(image.height), left = begin(image.width);
  RgbImage out{size, size, {}};
  for (int row = 0; row < size; ++row) {
    const auto from = image.pixels.begin() + (int64_t{top + row} * image.width + left) * 3;
    out.pixels.insert(out.pixels.end(), from, from + int64_t{size} * 3);
  }
  return out;
}

}  // namespace tram
