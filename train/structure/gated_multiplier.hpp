#pragma once
#include <span>

#include "models/multiplier/structure/structure.hpp"

namespace tram::train {

/// One multiplier that can be any of several: the partial products that one of them keeps, in one tree. They are unsigned,
/// of the same widths and accumulation, and differ in their partial products alone (no OR groups, constants or
/// compensation); InputError otherwise.
MultiplierStructure joined(std::span<const MultiplierStructure> structures);

/// Netlist of the joint multiplier set to `own`, one of its structures: at the gate of each partial product that `own`
/// drops, 0 stands in place of the weight's bit (which is static in a weight-stationary PE, so that an AND with the
/// setting costs nothing as long as the setting stays). All gates and adders remain, and what still reaches them
/// toggles.
Netlist gated(const MultiplierStructure& joint, const MultiplierStructure& own);

}  // namespace tram::train
