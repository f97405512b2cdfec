#pragma once
#include "models/cells/timing/timed_simulation.hpp"

namespace tram {

/// simulate_timed by one event queue, one transition at a time: its oracle.
Activity simulate_timed_naive(const MappedNetlist& netlist, const NetlistDelays& delays, std::span<const NetId> inputs,
                              std::span<const uint64_t> vectors, double period);

}  // namespace tram
