#include "models/cells/liberty/boolean_function.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int max_depth = 200;       // of nested parentheses and inversions
constexpr size_t max_nodes = 10000;  // of one expression

// Variable i < 6 over the 64 cases of a word: bit m is bit i of m.
constexpr std::array<uint64_t, 6> word_patterns = {0xaaaa'aaaa'aaaa'aaaa, 0xcccc'cccc'cccc'cccc, 0xf0f0'f0f0'f0f0'f0f0,
                                                   0xff00'ff00'ff00'ff00, 0xffff'0000'ffff'0000, 0xffff'ffff'0000'0000};

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '[' || c == ']' || c == '.' || c == '$';
}

bool table_bit(const std::vector<uint64_t>& table, size_t index) { return table[index / 64] >> (index % 64) & 1; }

}  // namespace

/// Recursive descent, one function a level of precedence.
class BooleanParser {
 public:
  BooleanParser(std::string_view text, const std::string& where, BooleanFunction& function)
      : text_(text), where_(where), function_(function) {}

  void parse() {
    function_.nodes_.clear();
    disjunction();
    if (peek() != '\0') fail(fmt::format("unexpected '{}'", peek()));
  }

 private:
  using Op = BooleanFunction::Op;

  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(where_, fmt::format("{} in the Boolean expression \"{}\"", what, text_.substr(0, 120)));
  }

  char peek() {
    while (position_ < text_.size() &&
           (std::isspace(static_cast<unsigned char>(text_[position_])) || text_[position_] == '\\')) {
      ++position_;
    }
    return position_ < text_.size() ? text_[position_] : '\0';
  }

  uint16_t add(Op op, size_t left = 0, size_t right = 0) {
    if (function_.nodes_.size() >= max_nodes) fail("too many operators");
    function_.nodes_.push_back({op, static_cast<uint16_t>(left), static_cast<uint16_t>(right)});
    return static_cast<uint16_t>(function_.nodes_.size() - 1);
  }

  uint16_t disjunction() {
    if (++depth_ > max_depth) fail("too many levels");
    uint16_t left = conjunction();
    while (peek() == '|' || peek() == '+') {
      ++position_;
      const uint16_t right = conjunction();
      left = add(Op::disjunction, left, right);
    }
    --depth_;
    return left;
  }

  bool starts_operand(char c) const { return c == '(' || c == '!' || is_name_character(c); }

  uint16_t conjunction() {
    uint16_t left = exclusive();
    while (true) {
      const char c = peek();
      if (c == '&' || c == '*') {
        ++position_;
      } else if (!starts_operand(c)) {
        return left;
      }
      const uint16_t right = exclusive();
      left = add(Op::conjunction, left, right);
    }
  }

  uint16_t exclusive() {
    uint16_t left = inverse();
    while (peek() == '^') {
      ++position_;
      const uint16_t right = inverse();
      left = add(Op::exclusive, left, right);
    }
    return left;
  }

  uint16_t inverse() {
    bool inverted = false;
    while (peek() == '!') {
      ++position_;
      inverted = !inverted;
    }
    uint16_t value = operand();
    while (peek() == '\'') {
      ++position_;
      inverted = !inverted;
    }
    return inverted ? add(Op::inverse, value) : value;
  }

  uint16_t operand() {
    const char c = peek();
    if (c == '(') {
      ++position_;
      const uint16_t value = disjunction();
      if (peek() != ')') fail("missing ')'");
      ++position_;
      return value;
    }
    if (!is_name_character(c)) fail(c == '\0' ? std::string("missing operand") : fmt::format("unexpected '{}'", c));
    const size_t begin = position_;
    while (position_ < text_.size() && is_name_character(text_[position_])) ++position_;
    return name(text_.substr(begin, position_ - begin));
  }

  uint16_t name(std::string_view text) {
    if (text == "0") return add(Op::constant0);
    if (text == "1") return add(Op::constant1);
    auto& variables = function_.variables_;
    const auto found = std::find(variables.begin(), variables.end(), text);
    const size_t index = static_cast<size_t>(found - variables.begin());
    if (found == variables.end()) {
      if (variables.size() == BooleanFunction::max_variables) {
        fail(fmt::format("more than {} variables", BooleanFunction::max_variables));
      }
      variables.emplace_back(text);
    }
    return add(Op::variable, index);
  }

  std::string_view text_;
  const std::string& where_;
  BooleanFunction& function_;
  size_t position_ = 0;
  int depth_ = 0;
};

BooleanFunction::BooleanFunction() : nodes_{{Op::constant0}}, table_{0} {}

BooleanFunction BooleanFunction::parse(std::string_view text, const std::string& where) {
  BooleanFunction function;
  BooleanParser(text, where, function).parse();
  const size_t n = function.variables_.size();
  std::vector<uint64_t> values(n);
  for (size_t i = 0; i < std::min<size_t>(n, 6); ++i) values[i] = word_patterns[i];
  const size_t words = n > 6 ? size_t{1} << (n - 6) : 1;
  function.table_.resize(words);
  for (size_t word = 0; word < words; ++word) {
    for (size_t i = 6; i < n; ++i) values[i] = word >> (i - 6) & 1 ? ~uint64_t{0} : 0;
    function.table_[word] = function.evaluate(values);
  }
  if (n < 6) function.table_[0] &= (uint64_t{1} << (1u << n)) - 1;
  return function;
}

uint64_t BooleanFunction::evaluate(std::span<const uint64_t> values) const {
  std::array<uint64_t, 64> small;
  std::vector<uint64_t> large(nodes_.size() > small.size() ? nodes_.size() : 0);
  uint64_t* const results = large.empty() ? small.data() : large.data();
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    switch (node.op) {
      case Op::constant0: results[i] = 0; break;
      case Op::constant1: results[i] = ~uint64_t{0}; break;
      case Op::variable: results[i] = values[node.left]; break;
      case Op::inverse: results[i] = ~results[node.left]; break;
      case Op::conjunction: results[i] = results[node.left] & results[node.right]; break;
      case Op::disjunction: results[i] = results[node.left] | results[node.right]; break;
      case Op::exclusive: results[i] = results[node.left] ^ results[node.right]; break;
    }
  }
  return results[nodes_.size() - 1];
}

double BooleanFunction::probability(std::span<const double> probabilities) const {
  const std::vector<double> cases = case_probabilities(probabilities.first(variables_.size()));
  double sum = 0;
  for (size_t m = 0; m < cases.size(); ++m) {
    if (table_bit(table_, m)) sum += cases[m];
  }
  return sum;
}

double BooleanFunction::sensitivity(size_t index, std::span<const double> probabilities) const {
  const std::vector<double> cases = case_probabilities(probabilities.first(variables_.size()));
  const size_t flip = size_t{1} << index;
  double sum = 0;
  for (size_t m = 0; m < cases.size(); ++m) {
    if (table_bit(table_, m) != table_bit(table_, m ^ flip)) sum += cases[m];
  }
  return sum;
}

std::string BooleanFunction::to_systemverilog(std::span<const std::string> operands) const {
  std::vector<std::string> text(nodes_.size());
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    const bool is_last = i + 1 == nodes_.size();
    const auto binary = [&](char op) {
      const std::string inner = fmt::format("{} {} {}", text[node.left], op, text[node.right]);
      return is_last ? inner : "(" + inner + ")";
    };
    switch (node.op) {
      case Op::constant0: text[i] = "'0"; break;
      case Op::constant1: text[i] = "'1"; break;
      case Op::variable: text[i] = operands[node.left]; break;
      case Op::inverse: text[i] = "~" + text[node.left]; break;
      case Op::conjunction: text[i] = binary('&'); break;
      case Op::disjunction: text[i] = binary('|'); break;
      case Op::exclusive: text[i] = binary('^'); break;
    }
  }
  return text.back();
}

std::vector<double> case_probabilities(std::span<const double> probabilities) {
  std::vector<double> cases{1.0};
  for (const double p : probabilities) {
    const size_t half = cases.size();
    cases.resize(2 * half);
    for (size_t m = 0; m < half; ++m) {
      cases[half + m] = cases[m] * p;
      cases[m] *= 1 - p;
    }
  }
  return cases;
}

}  // namespace tram
