#pragma once
#include "sim/results/result.hpp"

namespace tram {

class ArrayEdge;
struct PeModel;

/// Areas of an array of rows x columns PEs and of its edge, mm^2, from the cells' areas, which libraries give in um^2:
/// cells of the PEs, clock gates with the registers of their enables (gated_clocks.hpp), accumulators with theirs. No
/// clock tree, no wires, no spaces between cells.
AreaBreakdown array_area(const PeModel& model, const ArrayEdge& edge, int rows, int columns);

}  // namespace tram
