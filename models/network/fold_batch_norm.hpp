#pragma once
#include "models/network/graph.hpp"

namespace tram {

/// Folds every batch norm into the convolution before it (w' = w gamma / sqrt(var + eps), b' = beta + (b - mean)
/// gamma / sqrt(var + eps), computed in double) and removes it. Throws InputError naming the node when a batch
/// norm does not follow a convolution whose only reader it is.
NetworkGraph fold_batch_norm(const NetworkGraph& graph);

}  // namespace tram
