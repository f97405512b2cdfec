#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace tram {

/// The syntax tree of a Liberty file; views point into the text given to parse_liberty_syntax.

struct LibertyAttribute {
  std::string_view name;
  std::vector<std::string_view> values;  ///< one of a simple attribute (name : value), all of name(value, ...)
  long line = 0;
};

struct LibertyGroup {
  std::string_view type;
  std::vector<std::string_view> arguments;
  std::vector<LibertyAttribute> attributes;
  std::vector<LibertyGroup> groups;
  long line = 0;

  /// The last attribute of this name, or nullptr.
  const LibertyAttribute* find(std::string_view name) const;
  /// The first group of this type, or nullptr.
  const LibertyGroup* find_group(std::string_view group_type) const;
};

/// Parses text to its top groups: one, or several library groups one after the other. Comments (/* */ and //), line
/// continuations, a byte order mark and a missing ';' at the end of a line are accepted. Throws InputError(file, line,
/// what).
std::vector<LibertyGroup> parse_liberty_syntax(std::string_view text, const std::string& file);

/// A number; throws InputError(file, line, ...) on anything else, also on infinities.
double liberty_number(std::string_view text, const std::string& file, long line);

/// Numbers separated by commas or blanks, appended to `numbers`.
void liberty_numbers(std::string_view text, const std::string& file, long line, std::vector<double>& numbers);

}  // namespace tram
