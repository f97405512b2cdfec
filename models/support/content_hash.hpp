#pragma once
#include <string>
#include <string_view>

namespace tram {

/// 128-bit XXH3 hash of content as 32 hexadecimal digits; the key of everything cached by content.
std::string content_hash(std::string_view content);

}  // namespace tram
