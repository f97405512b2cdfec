#pragma once
#include "train/stages/structures.hpp"

namespace tram::train {

/// Phase 2 of tram+ from the operands of a network with exact multipliers: the structure of at most the energy wanted
/// that harms the least (map_recoded or map_trained). Where each layer has its own, the budget is that of all together:
/// recoded ones share it as harms least (share_budget), others have it each. Prints what they cost; of layers' own recoded
/// ones, but for joins, also what one gated multiplier would cost (gated_multiplier.hpp).
Structures map_by_operands(const Settings& settings, int threads, const OperandsByLayer& layers);

}  // namespace tram::train
