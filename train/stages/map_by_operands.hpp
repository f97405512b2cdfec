#pragma once
#include <functional>

#include "train/stages/structures.hpp"

namespace tram::train {

/// The loss of a network with a multiplier in all its layers, before it is trained with it.
using LossWith = std::function<double(const Circuit&)>;

/// Phase 2 of tram+ from the operands of a network with exact multipliers: the structure that harms the least of those of
/// at most the energy wanted (map_recoded, and map_substituted from what that finds; map_trained may end somewhat above it). Where each layer has its own, the budget
/// is that of all together: recoded ones share it as harms least (share_budget), others have it each. Prints what they cost;
/// of layers' own recoded structures, but for joins, also what one gated multiplier would cost (gated_multiplier.hpp).
/// Of the eight multipliers of gates for all layers whose errors are the least, the one with the least loss.
Structures map_by_operands(const Settings& settings, int threads, const OperandsByLayer& layers, const LossWith& loss);

}  // namespace tram::train
