#pragma once
#include <cstdint>
#include <string_view>

namespace tram {

/// The character at the start of a text.
struct Utf8Character {
  uint32_t code = 0;
  size_t length = 0;  ///< bytes; 0: they are not UTF-8
};

/// First character of text, which is not empty; RFC 3629, section 4.
Utf8Character first_character(std::string_view text);

}  // namespace tram
