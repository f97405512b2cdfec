#pragma once
#include <string>

#include "models/cells/liberty/liberty.hpp"

namespace tram {

/// The part of a library that ABC needs, as a small Liberty text in ns and pF: usable combinational cells with one
/// output and at least one input; their area, capacitances, function and delay tables (of arcs with `when` the
/// worst, point by point).
std::string mapping_liberty(const Library& library);

/// Throws InputError naming the first kind of cell that the library lacks of those that mapping needs:
/// an inverter, a two-input NAND or NOR, and for circuits with registers a rising-edge D flip-flop.
void require_mapping_cells(const Library& library, bool needs_flip_flop = true);

}  // namespace tram
