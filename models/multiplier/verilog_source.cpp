#include "models/multiplier/verilog_source.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <string_view>

#include "models/support/error.hpp"

namespace tram {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The comment where synthesis obeys it, with blanks for anything else; its line breaks stay.
std::string kept_comment(const std::string& comment) {
  static const std::regex obeyed(R"((//|/\*)[ \t]*(synopsys|synthesis)[ \t]+[A-Za-z_ \t\r]*(\*/)?)");
  if (comment.size() < 200 && std::regex_match(comment, obeyed)) return comment;
  std::string blank(" ");
  for (const char c : comment)
    if (c == '\n') blank += c;
  return blank;
}

std::string without_comments(const std::string& text) {
  std::string kept;
  for (size_t i = 0; i < text.size();) {
    const bool is_line = text.compare(i, 2, "//") == 0, is_block = text.compare(i, 2, "/*") == 0;
    size_t end = i + 1;
    if (is_line) {
      end = std::min(text.find('\n', i), text.size());
    } else if (is_block) {
      const size_t close = text.find("*/", i + 2);
      end = close == std::string::npos ? text.size() : close + 2;
    } else if (text[i] == '"') {
      while (end < text.size() && text[end] != '"' && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
    } else if (text[i] == '\\') {  // an escaped name may hold slashes and quotes
      while (end < text.size() && std::isspace(static_cast<unsigned char>(text[end])) == 0) ++end;
    }
    kept += is_line || is_block ? kept_comment(text.substr(i, end - i)) : text.substr(i, end - i);
    i = end;
  }
  return kept;
}

/// Looks at a text without comments character by character, in strings too: what Yosys takes for a string cannot differ
/// from what is taken for one here. The preprocessor joins what macros give to what stands beside them, so neither a $
/// nor a ` may stand where a macro could complete it.
class Checker {
 public:
  Checker(const std::string& text, const std::string& file) : text_(text), file_(file) {}

  void check() {
    for (at_ = 0; at_ < text_.size(); ++at_) {
      switch (text_[at_]) {
        case '\n': end_line(); break;
        case '$': dollar(); break;
        case '`': backtick(); break;
        case '\\': backslash(); break;
        case '"': quote(); break;
        default: break;
      }
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw InputError(file_, line_, what); }

  std::string word_at(size_t begin) const {
    size_t end = begin;
    while (end < text_.size() && is_word(text_[end])) ++end;
    return text_.substr(begin, end - begin);
  }

  char at(size_t place) const { return place < text_.size() ? text_[place] : '\n'; }

  void end_line() {
    const bool is_continued =
        at_ > 0 && (text_[at_ - 1] == '\\' || (text_[at_ - 1] == '\r' && at_ > 1 && text_[at_ - 2] == '\\'));
    if (!is_continued) {
      if (in_macro_ && quotes_ % 2 != 0) refuse("a macro with half a string; whole strings are expected");
      in_macro_ = false;
    }
    ++line_;
  }

  /// Whether the place is within an ordinary name, such as n$1, which no macro began.
  bool is_in_name(size_t place) const {
    size_t begin = place;
    while (begin > 0 && (is_word(text_[begin - 1]) || text_[begin - 1] == '$')) --begin;
    return begin < place && std::isdigit(static_cast<unsigned char>(text_[begin])) == 0 && text_[begin] != '$' &&
           (begin == 0 || std::string_view("`)'").find(text_[begin - 1]) == std::string_view::npos);
  }

  void dollar() const {
    static const std::set<std::string> harmless = {"signed", "unsigned", "clog2",  "bits",      "size",       "high",
                                                   "low",    "left",     "right",  "increment", "dimensions", "display",
                                                   "write",  "monitor",  "strobe", "info",      "warning",    "error",
                                                   "fatal",  "time",     "stop",   "finish"};
    const std::string name = word_at(at_ + 1);
    if (is_in_name(at_) || harmless.contains(name)) return;
    refuse(fmt::format("'${}' in a circuit; logic that needs no file and no system task is expected", name));
  }

  void backtick() {
    const std::string name = word_at(at_ + 1);
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0)
      refuse(fmt::format("'`{}', which joins pieces of macros; names written out are expected", at(at_ + 1)));
    if (std::string_view("include").starts_with(name))
      refuse(fmt::format("'`{}' reads another file, or may; one file that holds the whole circuit is expected", name));
    if (name != "define") return;
    in_macro_ = true;
    quotes_ = 0;
  }

  /// An escaped name, which ends at a blank; $readmemh is one too for Yosys.
  void backslash() {
    if (at(at_ + 1) == '\n' || at(at_ + 1) == '\r') return;
    if (in_macro_) refuse("a '\\' within a macro; names without it are expected there");
    size_t end = at_ + 1;
    while (end < text_.size() && std::isspace(static_cast<unsigned char>(text_[end])) == 0) ++end;
    const std::string name = text_.substr(at_ + 1, end - at_ - 1);
    const std::string word = name.starts_with('$') ? word_at(at_ + 2) : "-";
    if (name.find('`') != std::string::npos || name.starts_with("$readmem") ||
        (name.starts_with('$') && std::string_view("readmemh").starts_with(word)))
      refuse(fmt::format("the name '\\{}', which reads a file, or may; another name is expected", name));
    while (at_ + 1 < end && text_[at_ + 1] != '"') ++at_;
  }

  void quote() {
    ++quotes_;
    std::string next = text_.substr(at_ + 1, 3);
    std::ranges::transform(next, next.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (next == "DPI") refuse("a DPI import, which calls a program; logic is expected");
  }

  const std::string& text_;
  const std::string& file_;
  size_t at_ = 0;
  long line_ = 1, quotes_ = 0;
  bool in_macro_ = false;
};

}  // namespace

std::string checked_verilog(const std::string& text, const std::string& file) {
  std::string kept = without_comments(text);
  Checker(kept, file).check();
  return kept;
}

}  // namespace tram
