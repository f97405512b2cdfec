#pragma once
#include <optional>

#include "models/cells/energy/transition_energy.hpp"
#include "models/support/content_cache.hpp"

namespace tram {

/// The entry of the table of a netlist under these options: by the netlist's content, the library's and the options.
CacheEntry transition_cache_entry(const MappedNetlist& netlist, const TransitionEnergyOptions& options);

/// The table in an entry; nothing when there is none.
std::optional<TransitionEnergy> read_transition_cache(const CacheEntry& entry);

void write_transition_cache(const CacheEntry& entry, const TransitionEnergy& table);

}  // namespace tram
