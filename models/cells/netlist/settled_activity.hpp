#pragma once
#include <cstdint>
#include <span>

#include "models/cells/netlist/activity.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// Zero-delay activity of a combinational netlist over a sequence of input vectors, each `period` s: vector v sets
/// bit i of the concatenation of `inputs` (nets, least significant first) to bit i of vectors[v]; other inputs are 0.
/// The first vector is the initial state; toggles are counted over the vectors.size() - 1 that follow, which are also
/// the time base of the duty.
Activity simulate_vectors(const MappedNetlist& netlist, std::span<const NetId> inputs,
                          std::span<const uint64_t> vectors, double period);

}  // namespace tram
