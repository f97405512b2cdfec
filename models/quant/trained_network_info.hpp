#pragma once
#include <map>
#include <optional>
#include <string>

#include "models/data/preprocessing.hpp"
#include "models/network/safetensors.hpp"
#include "models/quant/quantise.hpp"

namespace tram {

/// Metadata of a trained network's file (trained_network.hpp).
struct TrainedNetworkInfo {
  std::string network;  ///< as load_network takes it
  std::string data;     ///< the data set it was trained on
  FeatureShape input;
  QuantiseOptions options;
  std::map<std::string, std::string> notes;  ///< all other entries
  PreprocessingChoice preprocessing = {};    ///< of the images it was trained on, as far as the file says
};

/// Metadata of a file; nothing for a safetensors file of another kind. InputError for another version, and naming an
/// entry that is missing or bad.
std::optional<TrainedNetworkInfo> trained_network_info(const SafeTensors& file);

/// Metadata entries of the info. InputError for a note that has the name of one of them.
std::map<std::string, std::string> to_metadata(const TrainedNetworkInfo& info);

}  // namespace tram
