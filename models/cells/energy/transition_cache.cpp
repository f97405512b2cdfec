#include "models/cells/energy/transition_cache.hpp"

#include <fmt/format.h>

#include <cstring>
#include <map>

namespace tram {
namespace {

// The version is raised whenever the tables or their form change.
const CacheKind kind{"transitions", 2, ".bin"};

// Header of the file, before the counts.
struct Header {
  uint8_t a_bits = 0, b_bits = 0, delays = 0, reserved[5] = {};
  double joule_per_count = 0, error_bound = 0, leakage_power = 0;
};
static_assert(sizeof(Header) == 32);

std::string content_of(const MappedNetlist& netlist, const TransitionEnergyOptions& options) {
  std::string text = fmt::format("{} {} {} {} {} {}\n", netlist.library().content_hash, name_of(options.delays),
                                 static_cast<int>(options.convention), options.timing.input_slew,
                                 options.timing.output_load, netlist.net_count());
  const std::map<std::string, double> loads(options.timing.port_loads.begin(), options.timing.port_loads.end());
  for (const auto& [port, load] : loads) text += fmt::format("load {} {}\n", port, load);
  if (options.timing.wire_capacitance != 0) text += fmt::format("wires {}\n", options.timing.wire_capacitance);
  return text + connections_text(netlist);
}

}  // namespace

CacheEntry transition_cache_entry(const MappedNetlist& netlist, const TransitionEnergyOptions& options) {
  return {kind, content_of(netlist, options), options.cache_folder};
}

std::optional<TransitionEnergy> read_transition_cache(const CacheEntry& entry) {
  const std::optional<CachedFile> file = entry.find();
  if (!file || file->content.size() < sizeof(Header)) return std::nullopt;
  Header header;
  std::memcpy(&header, file->content.data(), sizeof(Header));
  if (header.a_bits > 8 || header.b_bits > 8 || header.delays > 1) return std::nullopt;
  std::vector<uint16_t> counts(size_t{1} << (header.a_bits + 2 * header.b_bits));
  if (file->content.size() != sizeof(Header) + 2 * counts.size()) return std::nullopt;
  std::memcpy(counts.data(), file->content.data() + sizeof(Header), 2 * counts.size());
  return TransitionEnergy(header.a_bits, header.b_bits, static_cast<DelayModel>(header.delays), header.joule_per_count,
                          header.error_bound, header.leakage_power, std::move(counts));
}

void write_transition_cache(const CacheEntry& entry, const TransitionEnergy& table) {
  Header header;
  header.a_bits = static_cast<uint8_t>(table.a_bits());
  header.b_bits = static_cast<uint8_t>(table.b_bits());
  header.delays = static_cast<uint8_t>(table.delays());
  header.joule_per_count = table.joule_per_count();
  header.error_bound = table.error_bound();
  header.leakage_power = table.leakage_power();
  std::string content(sizeof(Header) + table.counts().size_bytes(), '\0');
  std::memcpy(content.data(), &header, sizeof(Header));
  std::memcpy(content.data() + sizeof(Header), table.counts().data(), table.counts().size_bytes());
  entry.store(content);
}

}  // namespace tram
