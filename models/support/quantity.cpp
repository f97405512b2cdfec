#include "models/support/quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

namespace tram {
namespace {

struct Unit {
  Dimension dimension;
  std::string_view name, noun, example;
  bool binary_prefixes;  ///< bytes: Ki .. Ti, and no prefix below 1
};

constexpr std::array<Unit, 8> units{{
    {Dimension::frequency, "Hz", "a frequency", "100 MHz", false},
    {Dimension::time, "s", "a time", "60 ns", false},
    {Dimension::size, "B", "a size", "256 KiB", true},
    {Dimension::bandwidth, "B/s", "a bandwidth", "6.4 GB/s", true},
    {Dimension::energy, "J", "an energy", "12 pJ", false},
    {Dimension::energy_per_byte, "J/B", "an energy per byte", "64 pJ/B", false},
    {Dimension::capacitance, "F", "a capacitance", "5 fF", false},
    {Dimension::cycles, "cycles", "a number of cycles", "2 cycles", false},
}};

struct Prefix {
  std::string_view name;
  int ten, two;  ///< power of ten, or of two
};

constexpr std::array<Prefix, 14> prefixes{{{"", 0, 0},
                                           {"f", -15, 0},
                                           {"p", -12, 0},
                                           {"n", -9, 0},
                                           {"u", -6, 0},
                                           {"m", -3, 0},
                                           {"k", 3, 0},
                                           {"M", 6, 0},
                                           {"G", 9, 0},
                                           {"T", 12, 0},
                                           {"Ki", 0, 10},
                                           {"Mi", 0, 20},
                                           {"Gi", 0, 30},
                                           {"Ti", 0, 40}}};

const Unit& unit_of(Dimension dimension) {
  for (const Unit& unit : units)
    if (unit.dimension == dimension) return unit;
  throw std::logic_error("a dimension without a unit");
}

bool goes_with(const Prefix& prefix, const Unit& unit) {
  if (unit.dimension == Dimension::cycles) return prefix.name.empty();
  return unit.binary_prefixes ? prefix.ten >= 0 : prefix.two == 0;
}

const Prefix* find_prefix(std::string_view symbol, const Unit& unit) {
  if (!symbol.ends_with(unit.name)) return nullptr;
  symbol.remove_suffix(unit.name.size());
  for (const Prefix& prefix : prefixes)
    if (prefix.name == symbol && goes_with(prefix, unit)) return &prefix;
  return nullptr;
}

/// A decimal number as written: digits with a point, and a power of ten.
struct Decimal {
  std::string_view digits;
  int exponent = 0;
  std::string_view rest;
};

std::optional<Decimal> split_decimal(std::string_view text) {
  const size_t end = text.find_first_not_of("0123456789.", text.starts_with('-') ? 1 : 0);
  Decimal decimal{text.substr(0, end), 0, end == text.npos ? std::string_view{} : text.substr(end)};
  double ignored = 0;
  const auto [stop, error] = std::from_chars(decimal.digits.begin(), decimal.digits.end(), ignored);
  if (error != std::errc{} || stop != decimal.digits.end()) return std::nullopt;
  if (decimal.rest.starts_with('e') || decimal.rest.starts_with('E')) {
    const char* first = decimal.rest.data() + 1;
    if (*first == '+' && decimal.rest.size() > 2) ++first;
    const auto [after, bad] = std::from_chars(first, decimal.rest.data() + decimal.rest.size(), decimal.exponent);
    if (bad == std::errc{} && std::abs(decimal.exponent) <= 300)
      decimal.rest.remove_prefix(static_cast<size_t>(after - decimal.rest.data()));
  }
  while (decimal.rest.starts_with(' ')) decimal.rest.remove_prefix(1);
  return decimal;
}

double value_of(const Decimal& decimal, const Prefix& prefix) {
  const std::string text = fmt::format("{}e{}", decimal.digits, decimal.exponent + prefix.ten);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    throw std::invalid_argument(fmt::format("'{}' is beyond the range of numbers; a smaller one is expected", text));
  return std::ldexp(value, prefix.two);
}

[[noreturn]] void refuse(std::string_view text, const Unit& unit) {
  const std::string expected = fmt::format("; {} such as {} is expected", unit.noun, unit.example);
  const std::optional<Decimal> decimal = split_decimal(text);
  if (!decimal) throw std::invalid_argument(fmt::format("'{}' is not a number with a unit{}", text, expected));
  if (decimal->rest.empty()) throw std::invalid_argument(fmt::format("'{}' has no unit{}", text, expected));
  for (const Unit& other : units)
    if (find_prefix(decimal->rest, other))
      throw std::invalid_argument(fmt::format("'{}' is {}{}", text, other.noun, expected));
  throw std::invalid_argument(fmt::format("'{}' has an unknown unit{}", text, expected));
}

}  // namespace

std::string_view base_unit(Dimension dimension) { return unit_of(dimension).name; }

double parse_quantity(std::string_view text, Dimension dimension) {
  if (text == "unlimited" && dimension == Dimension::bandwidth) return std::numeric_limits<double>::infinity();
  const Unit& unit = unit_of(dimension);
  const std::optional<Decimal> decimal = split_decimal(text);
  if (!decimal) refuse(text, unit);
  if (dimension == Dimension::cycles && decimal->rest.empty()) return value_of(*decimal, prefixes[0]);
  const Prefix* prefix = find_prefix(decimal->rest, unit);
  if (!prefix) refuse(text, unit);
  return value_of(*decimal, *prefix);
}

std::string format_quantity(double value, Dimension dimension) {
  if (std::isinf(value)) return "unlimited";
  if (dimension == Dimension::cycles) return fmt::format("{}", value);
  const Unit& unit = unit_of(dimension);
  std::string best = fmt::format("{} {}", value, unit.name);
  if (value == 0) return best;
  for (const Prefix& prefix : prefixes) {
    const double scaled = std::ldexp(value, -prefix.two) / std::pow(10, prefix.ten);
    if (!goes_with(prefix, unit) || std::abs(scaled) < 1 || std::abs(scaled) >= 1e4) continue;
    const std::string text = fmt::format("{:.15g} {}{}", scaled, prefix.name, unit.name);
    if (parse_quantity(text, dimension) == value && text.size() < best.size()) best = text;
  }
  return best;
}

}  // namespace tram
