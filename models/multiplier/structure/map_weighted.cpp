#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/multiplier/structure/adder_greedy.hpp"
#include "models/multiplier/structure/dot_greedy.hpp"
#include "models/multiplier/structure/mapping.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Weights that sum to 1, and the reference, both given for every pair.
WeightedMappingOptions completed(WeightedMappingOptions options) {
  exact_structure(options.a_bits, options.b_bits);  // refuses other widths
  const size_t pairs = size_t{1} << (options.a_bits + options.b_bits);
  if (options.weights.empty()) options.weights.assign(pairs, 1);
  if (options.reference.empty()) {
    const TruthTable exact = exact_table(options.a_bits, options.b_bits, options.is_signed);
    options.reference.assign(exact.values.begin(), exact.values.end());
  }
  if (options.weights.size() != pairs || options.reference.size() != pairs)
    throw InputError("mapping", fmt::format("{} weights and {} reference products; {} each are expected",
                                            options.weights.size(), options.reference.size(), pairs));
  for (const double weight : options.weights)
    if (!(weight >= 0) || std::isinf(weight))
      throw InputError("mapping", fmt::format("weight {}; 0 or more is expected", weight));
  const double sum = std::accumulate(options.weights.begin(), options.weights.end(), 0.0);
  if (!(sum > 0) || std::isinf(sum))
    throw InputError("mapping", fmt::format("weights of sum {}; more than 0 is expected", sum));
  for (double& weight : options.weights) weight /= sum;
  if (!(options.error_budget >= 0) || !(options.cost_budget >= 0))
    throw InputError("mapping", "a negative budget; 0 or more is expected");
  if (std::isinf(options.error_budget) && options.cost_budget == 0)
    throw InputError("mapping", "neither an error nor a cost budget; one at least is expected");
  return options;
}

WeightedMapping result_of(const WeightedMappingOptions& options, MultiplierStructure structure, int steps) {
  const Netlist netlist = build_multiplier(structure);
  const TruthTable table = truth_table(netlist);
  WeightedMapping mapping{std::move(structure), 0, 0, published_cost(netlist), steps};
  for (size_t p = 0; p < table.values.size(); ++p) {
    const double error = table.values[p] - options.reference[p];
    mapping.mean_error += options.weights[p] * error;
    mapping.mean_squared_error += options.weights[p] * error * error;
  }
  return mapping;
}

}  // namespace

double published_cost(const Netlist& netlist) {
  constexpr double inverter = 0.5;
  double cost = 0;
  for (const Gate& gate : netlist.gates) switch (gate.kind) {
      case GateKind::inverter: cost += inverter; break;
      case GateKind::xor2:
      case GateKind::xnor2: cost += PublishedCosts::half_adder - PublishedCosts::and_gate; break;
      case GateKind::half_adder: cost += PublishedCosts::half_adder; break;
      case GateKind::full_adder: cost += PublishedCosts::full_adder; break;
      default: cost += PublishedCosts::and_gate;
    }
  return cost;
}

WeightedMapping map_weighted(const WeightedMappingOptions& given) {
  const WeightedMappingOptions options = completed(given);
  DotGreedy dots(options);
  while (dots.cost() > options.cost_budget && dots.step()) {}
  if (dots.cost() <= options.cost_budget) return result_of(options, dots.structure(), dots.steps());
  AdderGreedy adders(options, dots.structure());
  while (adders.cost() > options.cost_budget && adders.step()) {}
  return result_of(options, adders.structure(), dots.steps() + adders.steps());
}

std::span<const NamedValue<BiasCompensation>> names_of(BiasCompensation) {
  static constexpr std::array<NamedValue<BiasCompensation>, 3> names{{{BiasCompensation::in_tree, "in_tree"},
                                                                      {BiasCompensation::outside, "outside"},
                                                                      {BiasCompensation::none, "none"}}};
  return names;
}

}  // namespace tram
