#pragma once
#include "train/stages/structures.hpp"

namespace tram::train {

/// Phase 2 of tram+ from the operands of a network with exact multipliers: the structure that harms the least of those of
/// at most the energy wanted (map_recoded; map_trained may end somewhat above it). Where each layer has its own, the budget
/// is that of all together: recoded ones share it as harms least (share_budget), others have it each. Prints what they cost;
/// of layers' own recoded ones, but for joins, also what one gated multiplier would cost (gated_multiplier.hpp).
Structures map_by_operands(const Settings& settings, int threads, const OperandsByLayer& layers);

}  // namespace tram::train
