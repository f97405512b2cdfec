#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tram {

/// A Boolean expression over named variables, as in the `function`, `when` and `next_state` attributes of Liberty:
/// ! and postfix ' (not), & * and juxtaposition (and), ^ (exclusive or), | + (or), parentheses, constants 0 and 1.
/// Precedence, highest first: not, exclusive or, and, or (Liberty Reference Manual, "function").
class BooleanFunction {
 public:
  enum class Op : uint8_t { constant0, constant1, variable, inverse, conjunction, disjunction, exclusive };
  /// One node; operands are indices of earlier nodes, for a variable `left` is its index in variables().
  struct Node {
    Op op;
    uint16_t left = 0;
    uint16_t right = 0;
  };

  /// Limit of the number of variables, as probabilities enumerate all 2^n cases.
  static constexpr size_t max_variables = 16;

  /// The constant 0.
  BooleanFunction();

  /// Parses text; throws InputError(where, reason) on a syntax error or too many variables.
  static BooleanFunction parse(std::string_view text, const std::string& where);

  /// Names in order of first appearance.
  const std::vector<std::string>& variables() const { return variables_; }
  /// Nodes in evaluation order; the last is the value.
  const std::vector<Node>& nodes() const { return nodes_; }

  /// 64 evaluations at once: bit k of the result belongs to bit k of each values[i], the value of variables()[i].
  uint64_t evaluate(std::span<const uint64_t> values) const;

  /// Bit m is the value when variable i has bit i of m; 2^n bits, at least one word, upper bits of the word 0.
  const std::vector<uint64_t>& truth_table() const { return table_; }

  /// P(value = 1) for independent variables with P(variable i = 1) = probabilities[i].
  double probability(std::span<const double> probabilities) const;

  /// P(the value depends on variable `index`): probability of the Boolean difference, other variables independent.
  double sensitivity(size_t index, std::span<const double> probabilities) const;

  /// The expression in SystemVerilog with operands[i] for variables()[i], bitwise, so valid on vectors of lanes;
  /// fully parenthesised, e.g. "~((A & B) | C)"; constants are '0 and '1.
  std::string to_systemverilog(std::span<const std::string> operands) const;

 private:
  friend class BooleanParser;
  std::vector<std::string> variables_;
  std::vector<Node> nodes_;
  std::vector<uint64_t> table_;  // truth table, built once by parse
};

/// P(case m) for every m of 0 .. 2^n - 1, bit i of m being 1 with probabilities[i], independently.
std::vector<double> case_probabilities(std::span<const double> probabilities);

}  // namespace tram
