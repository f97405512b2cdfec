#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace tram {

/// A DRAM by name. Latency: row activation and column access at the minimum timings of the standard, plus 20 ns for
/// controller and PHY (an assumption). Energy: dynamic, by byte moved.
struct DramPreset {
  std::string name;
  double latency_s;  ///< from a request to its first data
  double bandwidth;  ///< B/s, peak; infinity: no limit
  int burst_bytes;
  double energy_per_byte;  ///< J/B
  std::string source;      ///< of each figure, in one line
};

std::span<const DramPreset> dram_presets();

/// nullptr when there is no such preset.
const DramPreset* find_dram_preset(const std::string& name);

/// The presets with their sources, a Markdown table.
std::string dram_presets_as_markdown();

/// Dynamic energy of a byte read or written, J/B, of an SRAM of this capacity, by interpolation (log-log, the outer
/// segments extended) between the caches of Horowitz, "Computing's energy problem", ISSCC 2014, fig. 1.1.9: 45 nm,
/// 0.9 V, 64 bits: 8 KB 10 pJ, 32 KB 20 pJ, 1 MB 100 pJ. bytes > 0.
double sram_energy_per_byte(int64_t bytes);

}  // namespace tram
