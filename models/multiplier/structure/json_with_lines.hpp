#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tram {

/// A JSON value that knows where it stands, so that what is wrong with it can be reported by file and line.
struct JsonValue {
  using Array = std::vector<JsonValue>;
  using Object = std::vector<std::pair<std::string, JsonValue>>;  ///< in the order of the file, no key twice

  long line = 1;
  std::variant<std::nullptr_t, bool, int64_t, double, std::string, Array, Object> value = nullptr;

  const char* kind() const;  ///< "an object", "a string" ...
};

struct JsonLimits {
  size_t bytes = 1 << 20;
  int depth = 16;
};

/// Throws InputError(file, line, ...) for text that is not JSON, keys that repeat, and texts beyond the limits.
JsonValue parse_json_with_lines(const std::string& text, const std::string& file, const JsonLimits& limits = {});

/// The text as one line of at most 60 characters, for messages: quotes, control characters and bad UTF-8 escaped.
std::string printable(const std::string& text);

}  // namespace tram
