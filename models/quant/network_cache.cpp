#include "models/quant/network_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include "models/quant/source_version.hpp"
#include "models/support/archive.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/content_hash.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "TRAM integer network 1\n";  // before the network; the hash of both follows
constexpr size_t hash_size = 32;

std::optional<IntegerNetwork> read_network(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return std::nullopt;
  std::string content;
  try {
    content = read_file(file);
  } catch (const InputError&) {
    return std::nullopt;
  }
  if (content.size() < magic.size() + hash_size || !content.starts_with(magic)) return std::nullopt;
  const std::string_view body = std::string_view(content).substr(0, content.size() - hash_size);
  if (content_hash(body) != std::string_view(content).substr(body.size())) return std::nullopt;
  IntegerNetwork network;
  ArchiveReader reader(body.substr(magic.size()));
  reader.get(network);
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return network;
}

void write_network(const fs::path& file, const IntegerNetwork& network) {
  ArchiveWriter writer;
  writer.put(network);
  std::string content = std::string(magic) + writer.bytes();
  content += content_hash(content);
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  try {
    write_file(file, content);
  } catch (const std::runtime_error&) {
    return;
  }
}

/// The network of this key, from the folder or computed.
template <class Compute>
IntegerNetwork cached(const fs::path& folder, const ArchiveWriter& key, const Compute& compute) {
  const fs::path file = folder / fmt::format("network-{}.bin", content_hash(key.bytes()));
  if (std::optional<IntegerNetwork> known = read_network(file)) return *std::move(known);
  IntegerNetwork network = compute();
  write_network(file, network);
  return network;
}

ArchiveWriter key_of(const char* what, const Dataset& training, int images) {
  ArchiveWriter key;
  key.put(std::string(what));
  key.put(std::string(source_version));
  key.put(training.content_key(std::clamp(images, 0, training.count())));
  return key;
}

}  // namespace

IntegerNetwork quantise_cached(const NetworkGraph& graph, const Dataset& training, const QuantiseOptions& options,
                               const fs::path& folder) {
  ArchiveWriter key = key_of("quantised", training, options.images);
  QuantiseOptions relevant = options;
  relevant.threads = 1;  // changes no result
  key.put(relevant);
  key.put(graph);
  return cached(folder, key, [&] { return quantise(graph, training, options); });
}

IntegerNetwork compensate_cached(const IntegerNetwork& network, const TruthTable& table, const Dataset& training,
                                 const CompensationOptions& options, const fs::path& folder) {
  ArchiveWriter key = key_of("compensated", training, options.images);
  key.put(options.images);
  key.put(table);
  key.put(network);
  return cached(folder, key, [&] { return compensate_mean_error(network, table, training, options); });
}

}  // namespace tram
