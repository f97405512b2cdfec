#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace tram::axm {

using Json = nlohmann::ordered_json;

/// Prints JSON with two spaces a level; text that is not UTF-8 gets replacement characters.
void print_json(const Json& json);

/// Rows of text in aligned columns.
class TextTable {
 public:
  /// A column aligned to the left ("<name") or to the right ("name").
  explicit TextTable(const std::vector<std::string>& columns);
  /// Cells are made printable.
  void add_row(std::vector<std::string> row);
  /// Two spaces between columns; a header, no blanks at the ends of lines.
  std::string text() const;

 private:
  std::vector<std::string> header_;
  std::vector<bool> is_left_;
  std::vector<std::vector<std::string>> rows_;
};

/// A name as it is, of a path the file's name alone.
std::string short_name(const std::string& name_or_file);

/// Columns on a screen that text takes: its characters, not its bytes.
size_t display_width(const std::string& text);

/// Whether standard output is a terminal that shows colours ($NO_COLOR is not set).
bool has_colours();

/// Whether the locale's characters are UTF-8.
bool has_unicode();

/// Characters a line: of the terminal, else $COLUMNS, else 120.
int line_width();

/// part / whole; nothing of nothing (a circuit of wires has no area and no power): no value.
std::optional<double> ratio_of(double part, double whole);
/// factor times that ratio with so many decimals, "-" without value.
std::string ratio_text(double part, double whole, int decimals, double factor = 1);
/// The ratio in JSON, null without value.
Json ratio_json(double part, double whole);

}  // namespace tram::axm
