#include "models/plot/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace tram {
namespace {

constexpr int wanted_ticks = 6;

/// 1, 2 or 5 times a power of ten, so that `length` holds about wanted_ticks steps.
double nice_step(double length) {
  const double rough = length / wanted_ticks, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (rough <= factor * power * 1.0001) return factor * power;
  return 10 * power;
}

std::string superscript(int exponent) {
  constexpr std::array<const char*, 10> digits = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                                  "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
  std::string text;
  for (const char c : std::to_string(exponent)) text += c == '-' ? "\u207b" : digits[static_cast<size_t>(c - '0')];
  return text;
}

/// factor 10^exponent: in full where that is short, else as a power of ten.
std::string power_label(int factor, int exponent) {
  if (exponent >= -4 && exponent <= 4) return fmt::format("{:g}", factor * std::pow(10, exponent));
  return fmt::format("{}10{}", factor == 1 ? "" : std::to_string(factor) + "\u00b7", superscript(exponent));
}

}  // namespace

AxisScale::AxisScale(const Axis& axis, std::span<const double> values) : is_logarithmic_(axis.is_logarithmic) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    if (is_logarithmic_ && value <= 0) {
      band_ = 0.1;
      continue;
    }
    least = std::min(least, value);
    most = std::max(most, value);
  }
  if (least > most) least = is_logarithmic_ ? 1 : 0, most = is_logarithmic_ ? 10 : 1;
  if (is_logarithmic_) set_logarithmic(axis, least, most);
  else set_linear(axis, least, most);
}

void AxisScale::set_linear(const Axis& axis, double least, double most) {
  if (axis.from_zero) least = std::min(least, 0.0), most = std::max(most, 0.0);
  if (least == most) least -= std::abs(least) / 2 + 0.5, most += std::abs(most) / 2 + 0.5;
  low_ = axis.low.value_or(least);
  high_ = axis.high.value_or(most);
  if (!(low_ < high_)) throw std::invalid_argument("an axis ends before it starts");
  const double step = nice_step(high_ - low_);
  if (!axis.low) low_ = std::floor(low_ / step + 1e-9) * step;
  if (!axis.high) high_ = std::ceil(high_ / step - 1e-9) * step;
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const double first = std::ceil(low_ / step - 1e-9);
  for (int i = 0; i <= 2 * wanted_ticks && (first + i) * step <= high_ + step * 1e-9; ++i) {
    const double value = (first + i) * step;
    ticks_.push_back({value, decimals > 6 ? fmt::format("{:g}", value) : fmt::format("{:.{}f}", value, decimals)});
  }
}

void AxisScale::set_logarithmic(const Axis& axis, double least, double most) {
  const double decades = std::log10(most / least);
  const double spare = std::max({0.06 * decades, 0.1, (0.45 - decades) / 2});  // .45 holds a 1, 2 or 5
  low_ = axis.low.value_or(least * std::pow(10, -spare));
  high_ = axis.high.value_or(most * std::pow(10, spare));
  if (!(low_ < high_) || low_ <= 0) throw std::invalid_argument("a logarithmic axis ends before it starts, or at 0");
  if (has_zero_band()) ticks_.push_back({0, "0"});
  add_logarithmic_ticks();
}

void AxisScale::add_logarithmic_ticks() {
  const double decades = std::log10(high_ / low_);
  const int every = std::max(1, static_cast<int>(std::ceil(decades / (wanted_ticks + 2))));
  const int first = static_cast<int>(std::floor(std::log10(low_))), last = static_cast<int>(std::log10(high_)) + 1;
  for (int exponent = first; exponent <= last; ++exponent)
    for (int factor = 1; factor <= 9; ++factor) {
      const double value = factor * std::pow(10, exponent);
      if (value < low_ * (1 - 1e-9) || value > high_ * (1 + 1e-9)) continue;
      const bool at_power = factor == 1 && exponent % every == 0;
      const bool between = decades < 2.5 && (factor == 2 || factor == 5);
      if (at_power || between) ticks_.push_back({value, power_label(factor, exponent)});
      else if (every == 1 || factor == 1) ticks_.push_back({value, ""});
    }
}

double AxisScale::position(double value) const {
  if (!is_logarithmic_) return (value - low_) / (high_ - low_);
  if (value <= 0) return band_ / 2;
  return band_ + (1 - band_) * std::log10(value / low_) / std::log10(high_ / low_);
}

}  // namespace tram
