#include "models/multiplier/table_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "models/support/error.hpp"

namespace tram {
namespace {

bool is_separator(char c) { return std::string_view(" \t\r\n,;").find(c) != std::string_view::npos; }

/// The whole number of a word, within int32_t.
int32_t whole_number(std::string_view word, const std::string& file, long line) {
  const bool negative = word.starts_with('-'),
             hexadecimal = word.substr(negative).starts_with("0x") || word.substr(negative).starts_with("0X");
  const std::string_view digits = word.substr(negative + (hexadecimal ? 2 : 0));
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value,
                                            hexadecimal ? std::chars_format::hex : std::chars_format::general);
  if (negative) value = -value;
  const bool whole = error == std::errc{} && end == digits.data() + digits.size() && !digits.starts_with('-') &&
                     value == std::floor(value) && value >= INT32_MIN && value <= INT32_MAX;
  if (!whole)
    throw InputError(file, line, fmt::format("'{}'; a whole number of 32 bits is expected", word.substr(0, 40)));
  return static_cast<int32_t>(value);
}

void check_count(size_t count, const std::string& file, long line) {
  if (count > max_products)
    throw InputError(file, line, fmt::format("more than {0} products; up to {0} are expected", max_products));
}

/// The words of one line without its comment.
std::vector<std::string_view> words_of(std::string_view line) {
  line = line.substr(0, line.find('#'));
  std::vector<std::string_view> words;
  for (size_t i = 0; i < line.size();) {
    if (is_separator(line[i])) {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < line.size() && !is_separator(line[i])) ++i;
    words.push_back(line.substr(begin, i - begin));
  }
  return words;
}

/// The heading line of TRAM's published tables, above rows a b product.
constexpr std::string_view published_heading = "LUT for approximate multiplier:";

/// The line of that heading, counted from 1; 0 when the text has none.
long published_heading_line(std::string_view text) {
  for (size_t at = text.find(published_heading); at != std::string_view::npos;
       at = text.find(published_heading, at + 1)) {
    const std::string_view after = text.substr(at + published_heading.size(), 2);
    const bool whole_line = (at == 0 || text[at - 1] == '\n') && (after.empty() || after[0] == '\n' || after == "\r\n");
    if (whole_line) return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  }
  return 0;
}

/// A row of a pair list.
TableText::Row row_of(const std::vector<std::string_view>& words, const std::string& file, long line) {
  if (words.size() != 3) throw InputError(file, line, fmt::format("{} numbers; a,b,product is expected", words.size()));
  return {whole_number(words[0], file, line), whole_number(words[1], file, line), whole_number(words[2], file, line),
          line};
}

/// Position of the first `{` after a `=`; npos when there is none.
size_t initialiser(const std::string& code) {
  for (size_t equal = code.find('='); equal != std::string::npos; equal = code.find('=', equal + 1)) {
    const size_t brace = code.find_first_not_of(" \t\r\n", equal + 1);
    if (brace != std::string::npos && code[brace] == '{') return brace;
  }
  return std::string::npos;
}

/// A C literal without the suffix of its type.
std::string_view without_suffix(std::string_view word) {
  const size_t end = word.find_last_not_of("uUlL");
  return end == std::string_view::npos ? word : word.substr(0, end + 1);
}

}  // namespace

std::string without_c_comments(std::string text) {
  std::string_view end;  // what ends the part being blanked; empty in code
  bool line_begins = true;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (end.empty() && (rest.starts_with("//") || (line_begins && rest.starts_with('#')))) end = "\n";
    if (end.empty() && rest.starts_with("/*")) {
      end = "*/";
      text[i] = text[i + 1] = ' ';
      ++i;
    } else if (!end.empty() && rest.starts_with(end)) {
      if (end == "*/") text[i] = text[i + 1] = ' ';
      end = {};
    } else if (!end.empty() && text[i] != '\n') {
      text[i] = ' ';
    }
    line_begins = text[i] == '\n' || (line_begins && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r'));
  }
  return text;
}

TableText parse_number_text(const std::string& text, const std::string& file) {
  TableText table;
  const long heading = published_heading_line(text);
  table.has_rows = heading > 0;
  bool first = !table.has_rows;
  std::string_view rest = text;
  for (long line = 1; !rest.empty(); ++line) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::vector<std::string_view> words = words_of(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (words.empty() || line <= heading) continue;
    if (first && words == std::vector<std::string_view>{"a", "b", "product"}) {
      table.has_rows = true;
    } else if (table.has_rows) {
      table.rows.push_back(row_of(words, file, line));
      table.says_signed = table.says_signed || table.rows.back().a < 0 || table.rows.back().b < 0;
      check_count(table.rows.size(), file, line);
    } else {
      for (const std::string_view word : words) table.products.push_back(whole_number(word, file, line));
      check_count(table.products.size(), file, line);
    }
    first = false;
  }
  return table;
}

bool has_c_array(const std::string& text) { return initialiser(without_c_comments(text)) != std::string::npos; }

TableText parse_c_table(const std::string& text, const std::string& file) {
  const std::string code = without_c_comments(text);
  size_t at = initialiser(code);
  if (at == std::string::npos) throw InputError(file, 1, "no array initialiser; = { numbers } is expected");
  TableText table;
  table.says_signed = text.find("_IS_SIGNED 1\n") != std::string::npos;
  long line = 1 + std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  int depth = 0;
  while (at < code.size()) {
    const char c = code[at];
    line += c == '\n';
    if (c == '{' || c == '}') depth += c == '{' ? 1 : -1;
    if (depth == 0) return table;
    if (c == '{' || c == '}' || is_separator(c)) {
      ++at;
      continue;
    }
    const size_t end = std::min(code.find_first_of(" \t\r\n,;{}", at), code.size());
    table.products.push_back(whole_number(without_suffix(std::string_view(code).substr(at, end - at)), file, line));
    check_count(table.products.size(), file, line);
    at = end;
  }
  throw InputError(file, line, "the array's braces do not close; the file is cut short");
}

}  // namespace tram
