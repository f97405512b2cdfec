#pragma once
#include <filesystem>

#include "models/cells/energy/multiplier_cost.hpp"
#include "models/support/content_cache.hpp"

namespace tram {

/// The entry of the powers of a mapped multiplier: by the netlist, the library, the stimulus and the options.
CacheEntry cost_cache_entry(const MappedNetlist& netlist, const OperandStimulus& stimulus,
                            const MultiplierPowerOptions& options, const std::filesystem::path& cache_folder);

/// Fills zero_delay and with_glitches from the entry; false, and nothing changes, when there is none.
bool read_cost_cache(const CacheEntry& entry, HardwareCost& cost);

void write_cost_cache(const CacheEntry& entry, const HardwareCost& cost);

}  // namespace tram
