#pragma once
#include <map>
#include <string>

#include "sim/config/raw_scenario.hpp"
#include "sim/config/scenario.hpp"

namespace tram {

/// Where network_weights is the file of a trained network (models/quant/trained_network.hpp), network, the
/// quantise keys but activations and compensation, and the data keys of preprocessing that the file has are what it
/// says. given: what is written for each key.
/// InputError at a given key that says something else, and for a file that is no safetensors file.
void take_from_trained_network(Scenario& scenario, const std::map<std::string, const RawValue*>& given);

}  // namespace tram
