#pragma once
#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <type_traits>

#include "models/options/value_kind.hpp"
#include "models/support/error.hpp"

namespace tram {

// What kinds of numbers have in common.

/// The whole text as a number; InputError naming `noun` and what is allowed unless it is one.
template <class Number>
Number parse_plain(const RawValue& value, const char* noun, const std::string& allowed) {
  Number number{};
  const char* end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, number);
  if (error == std::errc::result_out_of_range && stop == end)
    throw InputError(value.where, fmt::format("'{}' is out of range; {} is expected", value.text, allowed));
  if (error != std::errc{} || stop != end)
    throw InputError(value.where, fmt::format("'{}' is not {}; {} is expected", value.text, noun, allowed));
  return number;
}

/// The number; InputError unless it lies in low..high.
template <class Number>
Number within(const RawValue& value, Number number, Number low, Number high, const std::string& allowed) {
  if (number >= low && number <= high) return number;
  throw InputError(value.where, fmt::format("'{}' is out of range; {} is expected", value.text, allowed));
}

/// A number without unit in low..high, of a type of whole numbers or of float or double.
template <class Number>
ValueKind<Number> plain_number(Number low, Number high) {
  constexpr bool is_whole = std::is_integral_v<Number>;
  const std::string allowed = fmt::format("{} to {}", low, high);
  const auto parse = [=](const RawValue& value) {
    return within(value, parse_plain<Number>(value, is_whole ? "a whole number" : "a number", allowed), low, high,
                  allowed);
  };
  return {is_whole ? "integer" : "number", "", allowed, parse,
          [](const Number& value) { return fmt::format("{}", value); }};
}

/// A plain_number(), or 0.
template <class Number>
ValueKind<Number> number_or_zero(Number low, Number high) {
  ValueKind<Number> kind = plain_number(low, high);
  kind.allowed = fmt::format("0, or {}", kind.allowed);
  kind.parse = [=, allowed = kind.allowed](const RawValue& value) {
    const auto number = plain_number(std::numeric_limits<Number>::lowest(), high).parse(value);
    return number == 0 ? number : within(value, number, low, high, allowed);
  };
  return kind;
}

}  // namespace tram
