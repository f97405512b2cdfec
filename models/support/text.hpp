#pragma once
#include <string_view>

namespace tram {

/// The text without the characters of `blanks` at its two ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

/// Whether text matches a pattern in which * matches any text.
constexpr bool matches_pattern(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (size_t skip = star; skip <= text.size(); ++skip)
    if (matches_pattern(rest, text.substr(skip))) return true;
  return false;
}

}  // namespace tram
