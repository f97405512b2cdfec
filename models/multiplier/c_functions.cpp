#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "models/multiplier/c_model.hpp"
#include "models/multiplier/table_text.hpp"

namespace tram {
namespace {

struct KnownWord {
  std::string_view word;
  int bits;        // 0: says nothing on the width
  bool is_signed;  // of its own
  bool has_width;
};

constexpr std::array<KnownWord, 17> known_words = {{{"const", 0, true, false},
                                                    {"static", 0, true, false},
                                                    {"inline", 0, true, false},
                                                    {"unsigned", 0, false, false},
                                                    {"signed", 0, true, false},
                                                    {"char", 8, true, false},
                                                    {"short", 16, true, false},
                                                    {"int", 0, true, false},
                                                    {"long", 64, true, false},
                                                    {"uint8_t", 8, false, true},
                                                    {"uint16_t", 16, false, true},
                                                    {"uint32_t", 32, false, true},
                                                    {"uint64_t", 64, false, true},
                                                    {"int8_t", 8, true, true},
                                                    {"int16_t", 16, true, true},
                                                    {"int32_t", 32, true, true},
                                                    {"int64_t", 64, true, true}}};

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// The integer type that the words name; nothing for any other.
std::optional<CFunction::Type> integer_type(const std::vector<std::string>& words) {
  CFunction::Type type{"", true, false, 0};
  bool is_type = false;
  for (const std::string& word : words) {
    const auto known = std::ranges::find(known_words, word, &KnownWord::word);
    if (known == known_words.end()) return std::nullopt;
    is_type = is_type || (word != "const" && word != "static" && word != "inline");
    type.is_signed = type.is_signed && known->is_signed;
    type.has_width = type.has_width || known->has_width;
    type.bits = std::max(type.bits, known->bits);
    type.text += (type.text.empty() ? "" : " ") + word;
  }
  if (!is_type) return std::nullopt;
  if (type.bits == 0) type.bits = 32;
  return type;
}

struct Parameter {
  CFunction::Type type;
  std::string name;
};

std::optional<Parameter> parameter(const std::string& text) {
  std::vector<std::string> words = words_of(text);
  if (words.size() < 2) return std::nullopt;
  const std::string name = words.back();
  words.pop_back();
  const auto type = integer_type(words);
  if (!type || name.find_first_of("*[](") != std::string::npos) return std::nullopt;
  return Parameter{*type, name};
}

/// Function of two integers declared by the text between a `;` or `}` and the `{` of a body.
std::optional<CFunction> function(const std::string& declarator) {
  const size_t open = declarator.find('('), comma = declarator.find(','), close = declarator.find(')');
  if (open == std::string::npos || close == std::string::npos || !(open < comma && comma < close)) return std::nullopt;
  if (declarator.find_first_not_of(" \t\r\n", close + 1) != std::string::npos) return std::nullopt;
  const auto first = parameter(declarator.substr(open + 1, comma - open - 1));
  const auto second = parameter(declarator.substr(comma + 1, close - comma - 1));
  std::vector<std::string> words = words_of(declarator.substr(0, open));
  if (!first || !second || words.size() < 2) return std::nullopt;
  const std::string name = words.back();
  words.pop_back();
  const auto result = integer_type(words);
  if (!result) return std::nullopt;
  return CFunction{name, *result, first->type, second->type, first->name, second->name};
}

}  // namespace

std::vector<CFunction> c_functions(const std::string& text) {
  const std::string code = without_c_comments(text);
  std::vector<CFunction> functions;
  int depth = 0;
  size_t begin = 0;  // of what stands before the next body
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '{' && depth++ == 0)
      if (const auto found = function(code.substr(begin, i - begin))) functions.push_back(*found);
    if (code[i] == '}') depth = std::max(0, depth - 1);
    if (depth == 0 && (code[i] == '}' || code[i] == ';')) begin = i + 1;
  }
  return functions;
}

}  // namespace tram
