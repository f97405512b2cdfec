#pragma once
#include <functional>

#include "train/stages/structures.hpp"

namespace tram::train {

/// The loss of a network with a multiplier in all its layers, before it is trained with it.
using LossWith = std::function<double(const Circuit&)>;

/// Phase 2 of tram+ from the operands of a network with exact multipliers: the multiplier with the least loss increase of those of
/// at most the energy wanted: map_recoded's or, with Settings::substitute, what map_substituted makes of
/// structures of larger budgets: of the eight of least error the one with the least loss, where it is for all layers.
/// Where each layer has its own, the budget is that of all together, shared for the least loss increase (share_budget). Prints what they
/// cost; of layers' own structures also what one gated multiplier would cost (gated_multiplier.hpp).
Structures map_by_operands(const Settings& settings, int threads, const OperandsByLayer& layers, const LossWith& loss);

}  // namespace tram::train
