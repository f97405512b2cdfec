#pragma once
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace tram {

/// What is wrong with an XML text of elements, attributes and character data (no DTD, no CDATA): tags nest and match,
/// attributes are quoted and stand once, & and < are only in references and tags. Empty when nothing is.
class XmlCheck {
 public:
  explicit XmlCheck(std::string_view text) : text_(text) {}

  std::string run() {
    if (text_.starts_with("<?xml ")) at_ = text_.find("?>") + 2;
    while (problem_.empty() && at_ < text_.size()) text_[at_] == '<' ? tag() : data();
    if (problem_.empty() && !open_.empty()) problem_ = "not closed: " + open_.back();
    if (problem_.empty() && roots_ != 1) problem_ = "not one root";
    return problem_;
  }

 private:
  void data() {
    const size_t end = std::min(text_.find('<', at_), text_.size());
    const std::string_view data = text_.substr(at_, end - at_);
    if (open_.empty() && data.find_first_not_of(" \n") != data.npos) problem_ = "text outside the root";
    references(data);
    at_ = end;
  }

  void references(std::string_view data) {
    for (size_t i = data.find('&'); i != data.npos; i = data.find('&', i + 1)) {
      const size_t end = data.find(';', i);
      if (end == data.npos || end - i > 6) problem_ = "bare &";
    }
    for (const char c : data)
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') problem_ = "control character";
  }

  void tag() {
    const size_t end = text_.find('>', at_);
    if (end == text_.npos) return void(problem_ = "tag without end");
    std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (inside.starts_with('/')) {
      if (open_.empty() || open_.back() != inside.substr(1)) return void(problem_ = "wrong end " + std::string(inside));
      return open_.pop_back();
    }
    const bool empty = inside.ends_with('/');
    if (empty) inside.remove_suffix(1);
    const std::string name(inside.substr(0, inside.find(' ')));
    if (open_.empty()) ++roots_;
    if (!empty) open_.push_back(name);
    attributes(inside.substr(name.size()));
  }

  void attributes(std::string_view rest) {
    std::vector<std::string> names;
    while (!rest.empty()) {
      const size_t equals = rest.find("=\"");
      const size_t end = equals == rest.npos ? rest.npos : rest.find('"', equals + 2);
      if (rest[0] != ' ' || end == rest.npos) return void(problem_ = "bad attribute " + std::string(rest));
      const std::string name(rest.substr(1, equals - 1));
      for (const std::string& other : names)
        if (other == name) problem_ = "attribute twice: " + name;
      names.push_back(name);
      references(rest.substr(equals + 2, end - equals - 2));
      rest.remove_prefix(end + 1);
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  int roots_ = 0;
  std::vector<std::string> open_;
  std::string problem_;
};

}  // namespace tram
