#pragma once
#include <string>

#include "models/data/dataset.hpp"
#include "models/network/graph.hpp"
#include "models/quant/integer_network.hpp"

namespace tram {

/// One line on the bits of a network's codes by layer; empty where all have 8.
std::string bits_note(const IntegerNetwork& network);

/// A warning where a network that was quantised without training gives another class than it did in floating point for
/// more than one of 20 training images (the first 64); else empty. Takes an inference of each.
std::string few_bits_warning(const NetworkGraph& graph, const IntegerNetwork& network, const Dataset& training,
                             int threads);

}  // namespace tram
