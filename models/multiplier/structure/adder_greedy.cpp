#include "models/multiplier/structure/adder_greedy.hpp"

#include <optional>

namespace tram {

AdderGreedy::AdderGreedy(const WeightedMappingOptions& options, const MultiplierStructure& structure)
    : options_(options), structure_(structure), planes_(structure_),
      error_(planes_, options.weights, options.reference), cost_(published_cost(build_multiplier(structure_))) {}

double AdderGreedy::objective(const MappingError::Sums& sums) const {
  const bool variance = options_.compensation == BiasCompensation::outside;
  return variance ? sums.squares - sums.errors * sums.errors : sums.squares;
}

/// The states with one more output constant.
std::vector<AdderState> AdderGreedy::constants(const AdderState& state) const {
  std::vector<AdderState> found;
  for (const auto output : {&AdderState::sum, &AdderState::carry})
    for (const NetState constant : {NetState::zero, NetState::one}) {
      if (state.*output != NetState::keep) continue;
      AdderState changed = state;
      changed.*output = constant;
      found.push_back(changed);
    }
  return found;
}

double AdderGreedy::cost_with(int adder, const AdderState& state) const {
  MultiplierStructure changed = structure_;
  changed.adders[adder] = state;
  return published_cost(build_multiplier(changed));
}

bool AdderGreedy::step() {
  const double before = objective(error_.current());
  std::optional<Move> best;
  for (int k = 0; k < static_cast<int>(structure_.adders.size()); ++k)
    for (const AdderState& state : constants(structure_.adders[k])) {
      planes_.set(k, state);
      const double error = objective(error_.tried());
      planes_.revert();
      if (error > options_.error_budget) continue;
      const Move move{k, state, error, cost_ - cost_with(k, state)};
      if (move.saved <= 0) continue;
      if (!best || (error - before) * best->saved < (best->objective - before) * move.saved) best = move;
    }
  if (!best) return false;
  planes_.set(best->adder, best->state);
  error_.accept();
  structure_.adders[best->adder] = best->state;
  cost_ -= best->saved;
  ++steps_;
  return true;
}

}  // namespace tram
