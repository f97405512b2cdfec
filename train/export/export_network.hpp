#pragma once
#include <span>
#include <vector>

#include "models/quant/trained_network.hpp"
#include "train/layers/parameters.hpp"

namespace tram::train {

/// The network that a quantised GraphNetwork (train/quantised) has trained: weights and biases from `trained`, and the
/// quantisers of its ranges, VALUE.range and NODE.weight_range ([O][2]): affine_of_range, as the layers have it; where
/// codes must be symmetric (symmetric_values; weights of signed codes) symmetric_affine_of_range.
/// `initial` is the graph before training, prepared (prepare_graph), and `activations` its values' quantisers
/// (calibrate_activations); a value without a range keeps its own. The caller sets name, data and notes.
/// InputError for arrays and ranges that do not belong to the graph.
TrainedNetwork trained_network(const NetworkParameters& parameters, std::span<const float> trained,
                               const NetworkGraph& initial, const std::vector<Affine>& activations,
                               const QuantiseOptions& options);

}  // namespace tram::train
