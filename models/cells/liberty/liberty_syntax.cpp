#include "models/cells/liberty/liberty_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "models/support/error.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

constexpr int max_nesting = 32;

constexpr std::string_view blanks = " \t\r\n\f\v";

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

bool ends_word(char c) {
  return is_blank(c) || c == '(' || c == ')' || c == '{' || c == '}' || c == ',' || c == ';' || c == '"' || c == '\0';
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  std::vector<LibertyGroup> parse() {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    while (text_.ends_with('\x1a') || text_.ends_with('\0')) text_.remove_suffix(1);  // ends of files of old systems
    skip();
    LibertyGroup holder;
    if (!at_end()) statement(holder, 0);
    if (holder.groups.empty()) throw InputError(file_, line_, "no library; library (name) { ... } is expected");
    for (skip(); text_.substr(position_).starts_with("library"); skip()) statement(holder, 0);
    if (!at_end()) fail("text after the end of the library");
    return std::move(holder.groups);
  }

 private:
  bool at_end() const { return position_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  [[noreturn]] void fail(const std::string& what) const { throw InputError(file_, line_, what); }

  std::string shown() const {
    if (at_end()) return "end of file";
    const char c = peek();
    return c >= ' ' && c < 127 ? fmt::format("'{}'", c) : fmt::format("byte 0x{:02x}", static_cast<unsigned char>(c));
  }

  // Blanks, line continuations and comments.
  void skip() {
    while (!at_end()) {
      const char c = text_[position_];
      if (c == '\n') {
        ++line_;
        ++position_;
      } else if (is_blank(c) || c == '\\') {
        ++position_;
      } else if (c == '/' && text_.substr(position_, 2) == "/*") {
        skip_comment();
      } else if (c == '/' && text_.substr(position_, 2) == "//") {
        position_ = std::min(text_.find('\n', position_), text_.size());
      } else {
        return;
      }
    }
  }

  void skip_comment() {
    const size_t end = text_.find("*/", position_ + 2);
    if (end == std::string_view::npos) fail("comment without its end */");
    for (; position_ < end + 2; ++position_) line_ += text_[position_] == '\n';
  }

  std::string_view string() {
    const size_t begin = ++position_;
    long lines = 0;
    for (; !at_end() && text_[position_] != '"'; ++position_) {
      if (text_[position_] == '\n') {
        if (position_ == begin || !continues(position_)) fail("string without its closing quote on this line");
        ++lines;
      }
    }
    if (at_end()) fail("string without its closing quote");
    line_ += lines;
    return text_.substr(begin, position_++ - begin);
  }

  // Whether the line that ends at `newline` ends in a backslash or a comma (tables written over several lines).
  bool continues(size_t newline) const {
    size_t last = newline;
    while (last > 0 && is_blank(text_[last - 1]) && text_[last - 1] != '\n') --last;
    return last > 0 && (text_[last - 1] == '\\' || text_[last - 1] == ',');
  }

  // A backslash that ends its line.
  bool at_line_continuation() const {
    if (text_[position_] != '\\') return false;
    const size_t next = text_.find_first_not_of(" \t\r", position_ + 1);
    return next == std::string_view::npos || text_[next] == '\n';
  }

  std::string_view word() {
    const size_t begin = position_;
    while (!at_end() && !ends_word(text_[position_]) && !at_line_continuation()) ++position_;
    if (position_ == begin) fail(fmt::format("unexpected {}; a name or value is expected", shown()));
    return text_.substr(begin, position_ - begin);
  }

  std::string_view name() {
    const size_t begin = position_;
    while (!at_end() && !ends_word(text_[position_]) && text_[position_] != ':' && !at_line_continuation()) ++position_;
    if (position_ == begin) fail(fmt::format("unexpected {}; an attribute or group is expected", shown()));
    return text_.substr(begin, position_ - begin);
  }

  // name : value ;   the value ends at ';', '}' or the end of the line
  std::string_view simple_value() {
    ++position_;
    skip();
    if (peek() == '"') return string();
    const size_t begin = position_;
    while (!at_end() && peek() != ';' && peek() != '\n' && peek() != '}' && text_.substr(position_, 2) != "/*" &&
           text_.substr(position_, 2) != "//") {
      ++position_;
    }
    const std::string_view value = trimmed(text_.substr(begin, position_ - begin), " \t\r\n\f\v\\");
    if (value.empty()) fail("attribute without a value");
    return value;
  }

  std::vector<std::string_view> arguments() {
    std::vector<std::string_view> values;
    ++position_;
    for (skip(); peek() != ')'; skip()) {
      if (at_end()) fail("end of file inside ( ... )");
      if (peek() == ',') {
        ++position_;
        continue;
      }
      values.push_back(peek() == '"' ? string() : word());
    }
    ++position_;
    return values;
  }

  void end_of_attribute() {
    skip();
    if (peek() == ';') ++position_;
  }

  void statement(LibertyGroup& parent, int nesting) {
    const long line = line_;
    const std::string_view statement_name = name();
    skip();
    if (peek() == ':') {
      parent.attributes.push_back({statement_name, {simple_value()}, line});
      return end_of_attribute();
    }
    if (peek() != '(') fail(fmt::format("unexpected {} after '{}'; ':' or '(' is expected", shown(), statement_name));
    std::vector<std::string_view> values = arguments();
    skip();
    if (peek() != '{') {
      parent.attributes.push_back({statement_name, std::move(values), line});
      return end_of_attribute();
    }
    if (nesting == max_nesting) fail("groups nested too deeply");
    parent.groups.push_back({statement_name, std::move(values), {}, {}, line});
    body(parent.groups.back(), nesting + 1);
  }

  void body(LibertyGroup& group, int nesting) {
    ++position_;
    for (skip(); peek() != '}'; skip()) {
      if (at_end()) {
        throw InputError(
            file_, line_,
            fmt::format("end of file inside the {} group opened in line {}; '}}' is expected", group.type, group.line));
      }
      if (peek() == ';') {
        ++position_;
      } else {
        statement(group, nesting);
      }
    }
    ++position_;
    skip();
    if (peek() == ';') ++position_;
  }

  std::string_view text_;
  const std::string& file_;
  size_t position_ = 0;
  long line_ = 1;
};

}  // namespace

const LibertyAttribute* LibertyGroup::find(std::string_view name) const {
  for (auto attribute = attributes.rbegin(); attribute != attributes.rend(); ++attribute) {
    if (attribute->name == name) return &*attribute;
  }
  return nullptr;
}

const LibertyGroup* LibertyGroup::find_group(std::string_view group_type) const {
  for (const LibertyGroup& group : groups) {
    if (group.type == group_type) return &group;
  }
  return nullptr;
}

std::vector<LibertyGroup> parse_liberty_syntax(std::string_view text, const std::string& file) {
  return Parser(text, file).parse();
}

double liberty_number(std::string_view text, const std::string& file, long line) {
  text = trimmed(text, blanks);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    throw InputError(file, line, fmt::format("'{}' is not a number", text.substr(0, 40)));
  }
  return value;
}

void liberty_numbers(std::string_view text, const std::string& file, long line, std::vector<double>& numbers) {
  const auto separates = [](char c) { return is_blank(c) || c == ',' || c == '\\'; };
  for (size_t begin = 0; begin < text.size();) {
    if (separates(text[begin])) {
      ++begin;
      continue;
    }
    size_t end = begin;
    while (end < text.size() && !separates(text[end])) ++end;
    numbers.push_back(liberty_number(text.substr(begin, end - begin), file, line));
    begin = end;
  }
}

}  // namespace tram
