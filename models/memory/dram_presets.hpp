#pragma once
#include <span>
#include <string>

#include "models/memory/dram_device.hpp"

namespace tram {

/// What lies between the machine's bus and the pins of a DRAM, controller and PHY, both ways together: an assumption.
inline constexpr double dram_controller_s = 20e-9;

/// A DRAM by name: the device behind dram_timing.hpp, and the same in four figures for a model without banks. Its
/// latency: activation and column access at the minimum timings of the standard, and dram_controller_s.
struct DramPreset {
  std::string name;
  double latency_s;  ///< from a request to its first data
  double bandwidth;  ///< B/s, peak; infinity: no limit
  int burst_bytes;
  double energy_per_byte;    ///< J/B
  std::string source;        ///< of these figures, in one line
  const DramDevice* device;  ///< nullptr: figures only
  std::string device_source;
};

std::span<const DramPreset> dram_presets();

/// nullptr when there is no such preset.
const DramPreset* find_dram_preset(const std::string& name);

/// The figures of the presets with their sources, a Markdown table.
std::string dram_presets_as_markdown();
/// The devices likewise, a column each.
std::string dram_devices_as_markdown();

}  // namespace tram
