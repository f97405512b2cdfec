#include "sim/report/words.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <sstream>

namespace tram {

Scale scale_of(double value) {
  static constexpr std::array<Scale, 9> scales{
      {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}, {1e-12, "p"}, {1e-15, "f"}}};
  if (value == 0) return {1, ""};
  for (const Scale& scale : scales)
    if (std::abs(value) >= scale.factor) return scale;
  return scales.back();
}

std::string si(double value, std::string_view unit) {
  const Scale scale = scale_of(value);
  return fmt::format("{:.4g} {}{}", value / scale.factor, scale.prefix, unit);
}

std::string wrapped(const std::string& text) {
  std::string result;
  size_t column = 0;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (column > 0 && column + 1 + word.size() > 118) {
      result += "\n ";
      column = 1;
    }
    if (column > 0) result += ' ';
    result += word;
    column += word.size() + 1;
  }
  return result + "\n";
}

}  // namespace tram
