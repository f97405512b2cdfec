#include "models/power/transition_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
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

// Raised whenever the tables or their file change.
constexpr uint32_t format_version = 1;
constexpr size_t hash_size = 32;

// The file is a header, the counts, and the hash of both.
struct Header {
  char magic[8] = {'T', 'R', 'A', 'M', 'E', 'N', 'E', '\n'};
  uint32_t version = format_version;
  uint8_t a_bits = 0, b_bits = 0, delays = 0, reserved = 0;
  double joule_per_count = 0, error_bound = 0, leakage_power = 0;
};
static_assert(sizeof(Header) == 40);

std::string content_of(const MappedNetlist& netlist, const TransitionEnergyOptions& options) {
  std::string text = fmt::format("{} {} {} {} {} {} {}\n", format_version, netlist.library().content_hash,
                                 to_string(options.delays), static_cast<int>(options.convention),
                                 options.timing.input_slew, options.timing.output_load, netlist.net_count());
  const std::map<std::string, double> loads(options.timing.port_loads.begin(), options.timing.port_loads.end());
  for (const auto& [port, load] : loads) text += fmt::format("load {} {}\n", port, load);
  return text + connections_text(netlist);
}

}  // namespace

std::filesystem::path transition_cache_file(const MappedNetlist& netlist, const TransitionEnergyOptions& options) {
  const auto folder = options.cache_folder.empty() ? default_cache_folder() : options.cache_folder;
  return folder / fmt::format("transitions-{}.bin", content_hash(content_of(netlist, options)));
}

std::optional<TransitionEnergy> read_transition_cache(const std::filesystem::path& file) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(file, error);
  constexpr uintmax_t largest = sizeof(Header) + (uintmax_t{2} << 24) + hash_size;
  if (error || size < sizeof(Header) + hash_size || size > largest) return std::nullopt;
  std::string content;
  try {
    content = read_file(file);
  } catch (const InputError&) {
    return std::nullopt;
  }
  const Header expected;
  Header header;
  std::memcpy(&header, content.data(), sizeof(Header));
  if (std::memcmp(header.magic, expected.magic, sizeof(header.magic)) != 0) return std::nullopt;
  if (header.version != format_version) return std::nullopt;
  if (header.a_bits > 8 || header.b_bits > 8 || header.delays > 1) return std::nullopt;
  const size_t count = size_t{1} << (header.a_bits + 2 * header.b_bits);
  const std::string_view body = std::string_view(content).substr(0, sizeof(Header) + 2 * count);
  if (content.size() != body.size() + hash_size || body.size() != sizeof(Header) + 2 * count) return std::nullopt;
  if (content_hash(body) != content.substr(body.size())) return std::nullopt;
  std::vector<uint16_t> counts(count);
  std::memcpy(counts.data(), content.data() + sizeof(Header), 2 * count);
  return TransitionEnergy(header.a_bits, header.b_bits, static_cast<DelayModel>(header.delays),
                          header.joule_per_count, header.error_bound, header.leakage_power, std::move(counts));
}

void write_transition_cache(const std::filesystem::path& file, const TransitionEnergy& table) {
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
  content += content_hash(content);
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  try {
    write_file(file, content);
  } catch (const std::runtime_error&) {
    return;
  }
}

}  // namespace tram
