#pragma once
#include <string>
#include <string_view>

namespace tram {

struct Scale {
  double factor;
  std::string_view prefix;
};

/// The SI prefix that brings value into 1..1000.
Scale scale_of(double value);

/// Four significant digits, prefix and unit: "12.35 uJ".
std::string si(double value, std::string_view unit);

/// Broken at spaces into lines of at most 118 characters, all but the first indented.
std::string wrapped(const std::string& text);

}  // namespace tram
