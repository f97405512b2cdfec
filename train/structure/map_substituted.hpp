#pragma once
#include <span>
#include <vector>

#include "models/multiplier/netlist.hpp"
#include "train/structure/glitch_energy.hpp"
#include "train/structure/recoding.hpp"

namespace tram::train {

struct SubstitutedMappingOptions {
  double energy_budget = 0.28;  ///< exact = 1: the result costs at most this, mapped gate by gate, weights recoded
  int alike = 16;               ///< nets that are tried in the place of each (substitutions)
  int kept = 1;                 ///< the most that are given back
  int threads = 1;              ///< the result does not depend on it
};

struct SubstitutedMapping {
  Netlist netlist;
  std::vector<Recoding> recodings;  ///< by layer
  double error = 0;                 ///< RecodedError::error of its products
  double energy = 0;                ///< mapped gate by gate, weights recoded; 1: the exact one's, weights as they are
  int steps = 0;                    ///< substitutions made
};

/// Multipliers within the budget whose products stand well for those of recoded weights: the best that are found on the
/// ways down from `starts`, of different errors, least first.
///
/// From each, greedy: each step makes the substitution that increases the error least a unit of energy saved. After every
/// step those are looked for that meet the budget at the least error, since the price would choose as the last step one
/// that saves more than is needed. Energies and their measuring as map_recoded's. Throws InputError for a budget that is
/// not above 0 or cannot be met from any start.
std::vector<SubstitutedMapping> map_substituted(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
                                                std::span<const Netlist> starts,
                                                const SubstitutedMappingOptions& options = {});

}  // namespace tram::train
