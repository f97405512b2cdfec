#include "models/quant/affine.hpp"

#include <algorithm>
#include <cmath>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int fractions = 64;
constexpr float min_scale = 0x1p-139F;  // has 10 bits; below 2^-126 fp32 has fewer and fewer, smaller values become 0

int max_code(int bits) { return (1 << bits) - 1; }

}  // namespace

Affine affine_of_range(double low, double high, int bits) {
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  const double range = high > low ? high - low : 1.0;
  const float scale = std::max(static_cast<float>(range / max_code(bits)), min_scale);
  const double zero = std::nearbyint(-low / double{scale});
  return {scale, static_cast<int32_t>(std::clamp(zero, 0.0, double(max_code(bits))))};
}

uint8_t quantise_value(double value, const Affine& affine, int bits) {
  const double code = std::nearbyint(value / double{affine.scale}) + affine.zero;
  return static_cast<uint8_t>(std::clamp(code, 0.0, double(max_code(bits))));
}

Affine affine_of_range(double low, double high, CodeFormat format) {
  Affine affine = affine_of_range(low, high, format.bits);
  affine.zero += format.lowest();
  return affine;
}

Affine symmetric_affine(double bound, CodeFormat format) {
  const int32_t middle = format.has_sign() ? 0 : 1 << (format.bits - 1);
  const auto most = static_cast<float>(format.highest() - middle);
  return {bound > 0 ? std::max(static_cast<float>(bound / most), min_scale) : 1.0F / most, middle};
}

Affine symmetric_affine_of_range(double low, double high, CodeFormat format) {
  const Affine one = symmetric_affine(0, format);
  const double below = low / (format.lowest() - one.zero), above = high / (format.highest() - one.zero);
  const double scale = std::max(below, above);
  return scale > 0 ? Affine{std::max(static_cast<float>(scale), min_scale), one.zero} : one;
}

int32_t quantise_value(double value, const Affine& affine, CodeFormat format) {
  const double code = std::nearbyint(value / double{affine.scale}) + affine.zero;
  return static_cast<int32_t>(std::clamp(code, double(format.lowest()), double(format.highest())));
}

Requantiser make_requantiser(const std::string& where, double m) {
  if (!(m >= 0 && m < 32768))
    throw InputError(where, fmt::format("requantisation by {:g}; a factor of 0 up to 32768 is expected", m));
  int exponent = 0;
  const double fraction = std::frexp(m, &exponent);
  auto multiplier = static_cast<int64_t>(std::nearbyint(std::ldexp(fraction, 31)));
  if (multiplier == int64_t{1} << 31) {
    multiplier /= 2;
    ++exponent;
  }
  const int shift = 31 - exponent;
  if (multiplier == 0 || shift > 62) return {0, 16};
  if (shift < 16) throw InputError(where, fmt::format("requantisation by {:g}; less than 32768 is expected", m));
  return {static_cast<int32_t>(multiplier), shift};
}

double quantisation_error(const WeightedValues& samples, const Affine& affine, int bits) {
  return quantisation_error(samples, affine, CodeFormat{bits, false});
}

double quantisation_error(const WeightedValues& samples, const Affine& affine, CodeFormat format) {
  const double scale = affine.scale, low = format.lowest() - affine.zero, high = format.highest() - affine.zero;
  double error = 0, count = 0;
  for (size_t i = 0; i < samples.values.size(); ++i) {
    const double steps = std::clamp(std::nearbyint(samples.values[i] / scale), low, high);
    const double difference = scale * steps - samples.values[i];
    error += samples.counts[i] * difference * difference;
    count += samples.counts[i];
  }
  return count > 0 ? error / count : 0;
}

Interval min_error_range(const WeightedValues& samples, double low, double high, int bits) {
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  int best_low = fractions, best_high = fractions;
  const auto error_of = [&](int i, int j) {
    return quantisation_error(samples, affine_of_range(low * i / fractions, high * j / fractions, bits), bits);
  };
  double best = error_of(best_low, best_high);
  const auto consider = [&](int i, int j) {
    const double error = error_of(i, j);
    if (error >= best) return false;
    best = error;
    best_low = i;
    best_high = j;
    return true;
  };
  for (bool improved = true; improved;) {
    improved = false;
    for (int j = fractions; high > 0 && j >= 1; --j) improved |= consider(best_low, j);
    for (int i = fractions; low < 0 && i >= 1; --i) improved |= consider(i, best_high);
  }
  return {low * best_low / fractions, high * best_high / fractions};
}

double min_error_bound(const WeightedValues& samples, double bound, CodeFormat format) {
  double best = bound, least = quantisation_error(samples, symmetric_affine(bound, format), format);
  for (int j = fractions - 1; j >= 1; --j) {
    const double error = quantisation_error(samples, symmetric_affine(bound * j / fractions, format), format);
    if (error >= least) continue;
    least = error;
    best = bound * j / fractions;
  }
  return best;
}

}  // namespace tram
