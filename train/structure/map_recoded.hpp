#pragma once
#include <vector>

#include "models/multiplier/structure/structure.hpp"
#include "train/structure/glitch_energy.hpp"
#include "train/structure/recoding.hpp"
#include "train/structure/share_budget.hpp"

namespace tram::train {

struct RecodedMappingOptions {
  Accumulation accumulation = Accumulation::dadda;
  double energy_budget = 0.28;  ///< exact = 1: the result costs at most this, mapped gate by gate, weights recoded
  bool is_coherent = false;     ///< whether errors are CoherentError's, not RecodedError's
  int threads = 1;              ///< the result does not depend on it
};

struct RecodedMapping {
  MultiplierStructure structure;    ///< tree `remaining`, without compensation
  std::vector<Recoding> recodings;  ///< by layer
  double error = 0;                 ///< of its products
  double energy = 0;                ///< mapped gate by gate, weights recoded; 1: the exact one's, weights as they are
  int steps = 0;                    ///< changes accepted
};

/// A multiplier within the budget whose products stand well for those of recoded weights.
///
/// Greedy from the exact tree, and from it without its lowest 2, 4, 6 ... columns: each step removes the partial product
/// that increases the error least a unit of energy saved, until the budget is met; then parts removed are put back where
/// the budget allows (DotColumns has the moves). From the best of these, as long as the error falls, each part that was
/// removed is put back in turn and others are removed instead. Savings are measured on the layers' transitions, each with
/// the code that the weight gets for the structure in question, glitches included, and anew before a change is taken;
/// `energy` (of the same layers' JointTransitions, plain) has the exact multiplier's.
/// Throws InputError for a budget that is not above 0 or cannot be met, and for coherent errors without slopes.
RecodedMapping map_recoded(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
                           const RecodedMappingOptions& options = {});

/// Energy and error of the multipliers on each way down to the first below the budget, before parts are put back, as
/// pareto_front gives them. Throws InputError for a budget that is not above 0.
std::vector<TradeOff> recoded_trade_offs(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
                                         const RecodedMappingOptions& options = {});

}  // namespace tram::train
