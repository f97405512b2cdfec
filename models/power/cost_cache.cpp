#include "models/power/cost_cache.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <map>
#include <string_view>
#include <system_error>

#include "models/power/technology_mapping.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

// Raised whenever the powers or their file change.
constexpr int format_version = 1;

// The file is these six numbers, then the hash of their bytes.
using Powers = std::array<double, 6>;

std::string content_of(const MappedNetlist& netlist, const OperandStimulus& stimulus,
                       const MultiplierPowerOptions& options) {
  const TimingOptions& timing = options.timing;
  std::string text = fmt::format("cost {} {} {} {} {} {} {}\n", format_version, netlist.library().content_hash,
                                 static_cast<int>(options.convention), options.period, timing.input_slew,
                                 timing.output_load, netlist.net_count());
  for (const auto& [port, load] : std::map<std::string, double>(timing.port_loads.begin(), timing.port_loads.end()))
    text += fmt::format("load {} {}\n", port, load);
  const std::string_view vectors(reinterpret_cast<const char*>(stimulus.vectors.data()),
                                 stimulus.vectors.size() * sizeof(uint64_t));
  text += fmt::format("{} {} {}\n", stimulus.a_bits, stimulus.b_bits, content_hash(vectors));
  return text + connections_text(netlist);
}

std::string bytes_of(const Powers& powers) {
  return std::string(reinterpret_cast<const char*>(powers.data()), sizeof(powers));
}

}  // namespace

std::filesystem::path cost_cache_file(const MappedNetlist& netlist, const OperandStimulus& stimulus,
                                      const MultiplierPowerOptions& options,
                                      const std::filesystem::path& cache_folder) {
  const auto folder = cache_folder.empty() ? default_cache_folder() : cache_folder;
  return folder / fmt::format("cost-{}.bin", content_hash(content_of(netlist, stimulus, options)));
}

bool read_cost_cache(const std::filesystem::path& file, HardwareCost& cost) {
  Powers powers;
  std::string content;
  try {
    std::error_code error;
    if (std::filesystem::file_size(file, error) > 1024 || error) return false;
    content = read_file(file);
  } catch (const InputError&) {
    return false;
  }
  if (content.size() < sizeof(powers)) return false;
  const std::string_view body = std::string_view(content).substr(0, sizeof(powers));
  if (content.substr(sizeof(powers)) != content_hash(body)) return false;
  std::memcpy(powers.data(), body.data(), sizeof(powers));
  cost.zero_delay = {powers[0], powers[1], powers[2]};
  cost.with_glitches = {powers[3], powers[4], powers[5]};
  return true;
}

void write_cost_cache(const std::filesystem::path& file, const HardwareCost& cost) {
  const std::string body = bytes_of({cost.zero_delay.internal, cost.zero_delay.switching, cost.zero_delay.leakage,
                                     cost.with_glitches.internal, cost.with_glitches.switching,
                                     cost.with_glitches.leakage});
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  try {
    write_file(file, body + content_hash(body));
  } catch (const std::runtime_error&) {
    return;
  }
}

}  // namespace tram
