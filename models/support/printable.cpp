#include "models/support/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/support/utf8.hpp"

namespace tram {
namespace {

constexpr size_t longest_name = 120, longest_path = 1000, longest_message = 2000;
constexpr std::string_view dots = "...";

/// Code points from first to last.
struct CodeRange {
  uint32_t first, last;
};

/// Ranges of control characters and of those that show nothing or turn the direction of writing (Unicode's categories
/// Cc, Cf, Zl, Zp and the tags and the byte order mark among them).
constexpr CodeRange hidden[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
                                {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
                                {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};

bool is_hidden(uint32_t code) {
  return std::ranges::any_of(hidden, [&](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

std::string escape(uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  if (code < 0x80) return fmt::format("\\x{:02x}", code);
  return code < 0x10000 ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
}

/// Bytes of the first `characters` characters of UTF-8 text.
size_t bytes_of(std::string_view text, size_t characters) {
  size_t bytes = 0;
  while (characters-- > 0 && bytes < text.size()) bytes += first_character(text.substr(bytes)).length;
  return bytes;
}

size_t characters_of(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

/// The first and last characters of UTF-8 text of more than `most`, dots between them.
std::string without_middle(std::string_view text, size_t most) {
  const size_t count = characters_of(text), head = (most - dots.size() + 1) / 2, tail = most - dots.size() - head;
  if (count <= most) return std::string(text);
  return fmt::format("{}{}{}", text.substr(0, bytes_of(text, head)), dots, text.substr(bytes_of(text, count - tail)));
}

/// Text with each word (between blanks) cut to at most so many characters.
std::string shortened_words(std::string_view text, size_t most) {
  std::string result;
  for (size_t at = 0; at <= text.size();) {
    const size_t blank = std::min(text.find(' ', at), text.size());
    result += without_middle(text.substr(at, blank - at), most);
    if (blank < text.size()) result += ' ';
    at = blank + 1;
  }
  return result;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    if (character.length == 0) safe += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
    else if (is_hidden(character.code)) safe += escape(character.code);
    else safe += text.substr(0, character.length);
    text.remove_prefix(std::max<size_t>(character.length, 1));
  }
  return safe;
}

std::string printable(std::string_view name) {
  std::string safe = escaped(name);
  if (characters_of(safe) <= longest_name) return safe;
  return safe.substr(0, bytes_of(safe, longest_name - dots.size())).append(dots);
}

std::string printable_message(std::string_view message) {
  const std::string safe = escaped(message);
  const size_t colon = safe.find(": "), what = colon == std::string::npos ? 0 : colon;
  return without_middle(shortened_words(std::string_view(safe).substr(0, what), longest_path), longest_message) +
         without_middle(shortened_words(std::string_view(safe).substr(what), longest_name), longest_message);
}

std::string csv_field(std::string_view text) {
  const bool is_formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  if (!is_formula && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = is_formula ? "\"'" : "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace tram
