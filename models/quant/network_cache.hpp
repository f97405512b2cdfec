#pragma once
#include <filesystem>

#include "models/quant/compensate.hpp"
#include "models/quant/quantise.hpp"

namespace tram {

// Integer networks kept in a folder by content. The key is the hash of everything that determines the result: weights
// and structure, options, the images used (Dataset::content_key), and the source of the code that computes it. See
// content_cache.hpp for damaged files and folders that cannot be written.

/// quantise(graph, training, options).
IntegerNetwork quantise_cached(const NetworkGraph& graph, const Dataset& training, const QuantiseOptions& options,
                               const std::filesystem::path& folder);

/// compensate_mean_error(network, table, training, options).
IntegerNetwork compensate_cached(const IntegerNetwork& network, const TruthTable& table, const Dataset& training,
                                 const CompensationOptions& options, const std::filesystem::path& folder);

}  // namespace tram
