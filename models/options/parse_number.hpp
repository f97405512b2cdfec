#pragma once
#include <fmt/format.h>

#include <charconv>

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
  if (error != std::errc{} || stop != end)
    throw InputError(value.where, fmt::format("'{}' is not {}; expected {}", value.text, noun, allowed));
  return number;
}

/// The number; InputError unless it lies in low..high.
template <class Number>
Number within(const RawValue& value, Number number, Number low, Number high, const std::string& allowed) {
  if (number >= low && number <= high) return number;
  throw InputError(value.where, fmt::format("'{}' is out of range; expected {}", value.text, allowed));
}

}  // namespace tram
