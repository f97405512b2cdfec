#include "models/cells/energy/cost_cache.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <map>
#include <string_view>

#include "models/support/content_hash.hpp"

namespace tram {
namespace {

// The version is raised whenever the powers or their form change.
const CacheKind kind{"cost", 2, ".bin"};

using Powers = std::array<double, 6>;

std::string content_of(const MappedNetlist& netlist, const OperandStimulus& stimulus,
                       const MultiplierPowerOptions& options) {
  const TimingOptions& timing = options.timing;
  std::string text =
      fmt::format("{} {} {} {} {} {}\n", netlist.library().content_hash, static_cast<int>(options.convention),
                  options.period, timing.input_slew, timing.output_load, netlist.net_count());
  for (const auto& [port, load] : std::map<std::string, double>(timing.port_loads.begin(), timing.port_loads.end()))
    text += fmt::format("load {} {}\n", port, load);
  if (timing.wire_capacitance != 0) text += fmt::format("wires {}\n", timing.wire_capacitance);
  const std::string_view vectors(reinterpret_cast<const char*>(stimulus.vectors.data()),
                                 stimulus.vectors.size() * sizeof(uint64_t));
  text += fmt::format("{} {} {}\n", stimulus.a_bits, stimulus.b_bits, content_hash(vectors));
  return text + connections_text(netlist);
}

}  // namespace

CacheEntry cost_cache_entry(const MappedNetlist& netlist, const OperandStimulus& stimulus,
                            const MultiplierPowerOptions& options, const std::filesystem::path& cache_folder) {
  return {kind, content_of(netlist, stimulus, options), cache_folder};
}

bool read_cost_cache(const CacheEntry& entry, HardwareCost& cost) {
  Powers powers;
  const std::optional<CachedFile> file = entry.find();
  if (!file || file->content.size() != sizeof(powers)) return false;
  std::memcpy(powers.data(), file->content.data(), sizeof(powers));
  cost.zero_delay = {powers[0], powers[1], powers[2]};
  cost.with_glitches = {powers[3], powers[4], powers[5]};
  return true;
}

void write_cost_cache(const CacheEntry& entry, const HardwareCost& cost) {
  const Powers powers{cost.zero_delay.internal,    cost.zero_delay.switching,    cost.zero_delay.leakage,
                      cost.with_glitches.internal, cost.with_glitches.switching, cost.with_glitches.leakage};
  entry.store({reinterpret_cast<const char*>(powers.data()), sizeof(powers)});
}

}  // namespace tram
