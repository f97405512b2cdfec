#include "models/quant/multiplier_assignment.hpp"

#include <algorithm>
#include <utility>

#include "models/support/error.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

std::vector<std::string> names_of(const std::string& list) {
  constexpr char separators[] = ", \t";
  std::vector<std::string> names;
  for (size_t begin = list.find_first_not_of(separators); begin != std::string::npos;) {
    const size_t end = std::min(list.find_first_of(separators, begin), list.size());
    names.push_back(list.substr(begin, end - begin));
    begin = list.find_first_not_of(separators, end);
  }
  return names;
}

using Selected = std::vector<bool>;  // by step

template <class... Layers>
Selected steps_of(const IntegerNetwork& network) {
  Selected selected;
  for (const IntegerStep& step : network.steps) selected.push_back((std::holds_alternative<Layers>(step.layer) || ...));
  return selected;
}

Selected named_steps(const std::string& where, const IntegerNetwork& network, const std::string& list) {
  Selected selected(network.steps.size(), false);
  for (const std::string& name : names_of(list)) {
    bool found = false;
    for (size_t s = 0; s < network.steps.size(); ++s) {
      if (!uses_multiplier(network.steps[s]) || !matches_pattern(name, layer_name(network.steps[s]))) continue;
      selected[s] = found = true;
    }
    if (!found)
      throw InputError(where, fmt::format("'{}'; linear, attention, all or layers of {} that multiply are expected",
                                          name, network.name));
  }
  return selected;
}

bool has_layer(const IntegerNetwork& network, const std::string& name) {
  return std::ranges::any_of(
      network.steps, [&](const IntegerStep& step) { return uses_multiplier(step) && layer_name(step) == name; });
}

Selected select(const std::string& where, const IntegerNetwork& network, const std::string& layers, bool is_first) {
  if (!is_first && has_layer(network, layers)) return named_steps(where, network, layers);
  if (layers == "linear") return steps_of<GemmLayer>(network);
  if (layers == "attention") return steps_of<MatmulLayer>(network);
  if (layers == "all") return steps_of<GemmLayer, MatmulLayer>(network);
  return named_steps(where, network, layers);
}

}  // namespace

MultiplierAssignment assign_multipliers(const std::string& where, const IntegerNetwork& network,
                                        std::span<const MultiplierRule> rules, ArrayWidth width) {
  std::vector<std::string> of_step(network.steps.size(), "exact");
  bool is_first = true;
  for (const MultiplierRule& rule : rules) {
    const Selected selected = select(where, network, rule.layers, std::exchange(is_first, false));
    if (std::find(selected.begin(), selected.end(), true) == selected.end())
      throw InputError(where, fmt::format("'{}' selects no layer of {}; linear, attention, all or names of its layers "
                                          "are expected",
                                          rule.layers, network.name));
    for (size_t s = 0; s < of_step.size(); ++s)
      if (selected[s]) of_step[s] = rule.multiplier;
  }
  MultiplierAssignment assignment;
  const OperandBits widest = widest_operands(network);
  for (size_t s = 0; s < of_step.size(); ++s) {
    if (!uses_multiplier(network.steps[s])) assignment.of_step.push_back(-1);
    else
      assignment.of_step.push_back(
          assignment.add(of_step[s], width == ArrayWidth::network ? widest : operand_bits(network.steps[s])));
  }
  return assignment;
}

MultiplierAssignment assign_everywhere(const IntegerNetwork& network, const std::string& multiplier, ArrayWidth width) {
  const MultiplierRule rule{"all", multiplier};
  return assign_multipliers(network.name, network, std::span(&rule, 1), width);
}

int MultiplierAssignment::add(const std::string& multiplier, OperandBits operands) {
  size_t i = 0;
  while (i < multipliers.size() && (multipliers[i] != multiplier || bits[i] != operands)) ++i;
  if (i == multipliers.size()) {
    multipliers.push_back(multiplier);
    bits.push_back(operands);
  }
  return static_cast<int>(i);
}

}  // namespace tram
