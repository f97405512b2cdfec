#pragma once
#include <filesystem>

#include "models/power/multiplier_cost.hpp"

namespace tram {

/// The file that holds the powers of a mapped multiplier: its name is a hash of the netlist, the library, the stimulus,
/// the options and the version of the format.
std::filesystem::path cost_cache_file(const MappedNetlist& netlist, const OperandStimulus& stimulus,
                                      const MultiplierPowerOptions& options, const std::filesystem::path& cache_folder);

/// Fills zero_delay and with_glitches from the file; false, and nothing changes, when there is no file or it is damaged
/// (its checksum does not match).
bool read_cost_cache(const std::filesystem::path& file, HardwareCost& cost);

/// Writes them, atomically. A folder that cannot be written is not an error: it costs time, not the result.
void write_cost_cache(const std::filesystem::path& file, const HardwareCost& cost);

}  // namespace tram
