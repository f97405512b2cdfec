#pragma once
#include <optional>
#include <vector>

#include "sim/results/result.hpp"

namespace tram {

/// A multiplier of a run beside the best exact one.
struct MultiplierUse {
  MultiplierFigures figures;
  double zero_delay_ratio = 0, with_glitches_ratio = 0;  ///< of uniform operands, to the best exact multiplier
  /// J a MAC with the run's own operands, weight loads and idle rows included: multiplier energy / MACs of the layers
  /// that have it. The exact one: of the machine with exact multipliers, else of the layers that have it.
  std::optional<double> run_j;
  std::optional<double> run_ratio;  ///< to the exact machine's in the same layers; nothing when it did not run
};

/// One entry for each of run.multipliers, in that order.
std::vector<MultiplierUse> multiplier_uses(const RunResult& run);

/// J a MAC as MultiplierUse::run_j, of all layers whose multiplier is not `exact`; nothing when there are none.
std::optional<double> approximate_run_j(const RunResult& run);

}  // namespace tram
