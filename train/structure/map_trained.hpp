#pragma once
#include <vector>

#include "models/multiplier/structure/structure.hpp"
#include "train/structure/error_form.hpp"
#include "train/structure/glitch_energy.hpp"

namespace tram::train {

struct TrainedMappingOptions {
  Accumulation accumulation = Accumulation::dadda;
  double energy_budget = 0.28;  ///< exact = 1: what the result may cost
  bool or_pairs = true;         ///< also join two partial products of a column by an OR
  bool exchange = true;         ///< refine: put parts back and remove others instead
  int synthesised = 24;         ///< candidates that are mapped by Yosys at most; 0: the budget is for quick energies
  int threads = 1;              ///< the result does not depend on it
};

struct TrainedMapping {
  MultiplierStructure structure;  ///< tree `remaining`, without compensation
  double error = 0;               ///< of the error form
  double quick_energy = 0;        ///< exact = 1, both mapped gate by gate
  double energy = 0;              ///< exact = 1, both mapped by Yosys (GlitchEnergy::synthesised); without: quick
  int steps = 0;                  ///< changes accepted
  int measured = 0;               ///< quick energies measured
};

/// A multiplier with an energy within the budget and little error.
///
/// Greedy from the exact tree: each step removes a partial product or two of a column, or joins two of a column by an
/// OR; of all changes the one with the least increase of the error a unit of energy saved. Errors are those of the
/// form, exact; savings are measured with glitches on the transitions of `energy`, mapped gate by gate. A change is
/// only taken with its saving measured in this step; the others' are those of earlier steps, so that few are measured
/// anew (lazy greedy). What the budget leaves is filled up. The same from the tree with 1, 2 .. of its lowest columns
/// removed, since there whole adders are gone that single removals only make smaller. The best of these are refined:
/// each part that was removed is put back in turn and others are removed instead, as long as the error falls.
///
/// Of what was met within some percent of the budget, those of least error are then mapped by Yosys, and the first
/// that meets the budget is taken: what ABC makes of gates differs from gate by gate by some percent either way. When
/// none does, the result is the best by quick energies, and its `energy` above the budget.
/// (Constants 1 are left out: with the mean error taken away they equal constants 0.)
///
/// Throws InputError for a budget that is not above 0 or that nothing meets; without Yosys as map_multiplier
/// does.
TrainedMapping map_trained(const ErrorForm& error, const GlitchEnergy& energy,
                           const TrainedMappingOptions& options = {});

}  // namespace tram::train
