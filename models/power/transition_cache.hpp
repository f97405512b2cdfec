#pragma once
#include <filesystem>
#include <optional>

#include "models/power/transition_energy.hpp"

namespace tram {

/// The file that holds the table of a netlist under these options: its name is a hash of the netlist's content, the
/// library's, the options and the version of the format.
std::filesystem::path transition_cache_file(const MappedNetlist& netlist, const TransitionEnergyOptions& options);

/// The table in a file; nothing when there is no file or it is damaged (its checksum does not match).
std::optional<TransitionEnergy> read_transition_cache(const std::filesystem::path& file);

/// Writes the file, atomically. A folder that cannot be written is not an error: it costs time, not the result.
void write_transition_cache(const std::filesystem::path& file, const TransitionEnergy& table);

}  // namespace tram
