#pragma once
#include "models/multiplier/netlist.hpp"

namespace tram {

/// Unsigned bits x bits multiplier from the carry-save (Braun) array of AND, HA and FA cells, with the
/// `truncated` lowest columns of partial products left out. For 8 bits and none truncated: 64 AND, 8 HA, 48 FA.
/// bits in 2..8, truncated in 0..2 bits - 1 (then the product is 0).
Netlist array_multiplier(int bits = 8, int truncated = 0);

}  // namespace tram
