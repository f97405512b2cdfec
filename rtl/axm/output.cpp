#include "rtl/axm/output.hpp"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "models/support/printable.hpp"

namespace tram::axm {

void print_json(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

TextTable::TextTable(const std::vector<std::string>& columns) {
  for (const std::string& column : columns) {
    is_left_.push_back(column.starts_with('<'));
    header_.push_back(is_left_.back() ? column.substr(1) : column);
  }
}

void TextTable::add_row(std::vector<std::string> row) {
  for (std::string& cell : row) cell = printable(cell);
  rows_.push_back(std::move(row));
}

std::string TextTable::text() const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < header_.size(); ++c) {
    widths.push_back(display_width(header_[c]));
    for (const auto& row : rows_) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t c = 0; c < cells.size(); ++c) {
      const std::string blanks(widths[c] - display_width(cells[c]), ' ');
      text += (c ? "  " : "") + (is_left_[c] ? cells[c] + blanks : blanks + cells[c]);
    }
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = line(header_);
  for (const auto& row : rows_) text += line(row);
  return text;
}

std::string short_name(const std::string& name_or_file) {
  return std::filesystem::path(name_or_file).filename().string();
}

size_t display_width(const std::string& text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

bool has_colours() { return isatty(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr; }

bool has_unicode() {
  std::setlocale(LC_CTYPE, "");
  const bool is_utf8 = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  std::setlocale(LC_CTYPE, "C");
  return is_utf8;
}

int line_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* const columns = std::getenv("COLUMNS");
  const int width = columns == nullptr ? 0 : std::atoi(columns);
  return width > 0 ? width : 120;
}

std::optional<double> ratio_of(double part, double whole) {
  return whole == 0 ? std::nullopt : std::optional(part / whole);
}

std::string ratio_text(double part, double whole, int decimals, double factor) {
  const std::optional<double> ratio = ratio_of(part, whole);
  return ratio ? fmt::format("{:.{}f}", factor * *ratio, decimals) : "-";
}

Json ratio_json(double part, double whole) {
  const std::optional<double> ratio = ratio_of(part, whole);
  return ratio ? Json(*ratio) : Json();
}

}  // namespace tram::axm
