#pragma once
#include <span>
#include <vector>

#include "models/network/graph.hpp"
#include "train/layers/parameters.hpp"

namespace tram::train {

/// The graph's own weights as the flat vectors of a GraphNetwork made from it; ranges of quantisers, which a graph does
/// not have, stay 0. InputError when an array is missing or of another size.
std::vector<float> trained_values(const NetworkParameters& parameters, const NetworkGraph& graph);
std::vector<float> running_values(const NetworkParameters& parameters, const NetworkGraph& graph);

/// The reverse: writes trained weights into the graph.
void store_values(const NetworkParameters& parameters, std::span<const float> trained, std::span<const float> running,
                  NetworkGraph& graph);

}  // namespace tram::train
