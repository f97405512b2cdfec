#include "models/quant/network_cache.hpp"

#include <algorithm>
#include <optional>

#include "models/quant/source_version.hpp"
#include "models/support/archive.hpp"
#include "models/support/content_cache.hpp"

namespace tram {
namespace {

// The version is raised whenever the form of IntegerNetwork or of its archive changes.
const CacheKind kind{"network", 3, ".bin"};

std::optional<IntegerNetwork> read_network(const CacheEntry& entry) {
  const std::optional<CachedFile> file = entry.find();
  if (!file) return std::nullopt;
  IntegerNetwork network;
  ArchiveReader reader(file->content);
  reader.get(network);
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return network;
}

/// The network of this key, from the folder or computed.
template <class Compute>
IntegerNetwork cached(const std::filesystem::path& folder, const ArchiveWriter& key, const Compute& compute) {
  const CacheEntry entry(kind, key.bytes(), folder);
  if (std::optional<IntegerNetwork> known = read_network(entry)) return *std::move(known);
  IntegerNetwork network = compute();
  ArchiveWriter content;
  content.put(network);
  entry.store(content.bytes());
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
                               const std::filesystem::path& folder) {
  ArchiveWriter key = key_of("quantised", training, options.images);
  QuantiseOptions relevant = options;
  relevant.threads = 1;  // changes no result
  key.put(relevant);
  key.put(graph);
  return cached(folder, key, [&] { return quantise(graph, training, options); });
}

IntegerNetwork compensate_cached(const IntegerNetwork& network, const TruthTable& table, const Dataset& training,
                                 const CompensationOptions& options, const std::filesystem::path& folder) {
  ArchiveWriter key = key_of("compensated", training, options.images);
  key.put(options.images);
  key.put(table);
  key.put(network);
  return cached(folder, key, [&] { return compensate_mean_error(network, table, training, options); });
}

}  // namespace tram
