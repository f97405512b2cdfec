#pragma once
#include <string>
#include <vector>

#include "models/quant/layer_bits.hpp"

namespace tram {

/// One entry of the scenario key multiplier_layers.
struct LayerMultiplier {
  std::string layers;      ///< a layer's name, in which * stands for any text, else linear, attention or all
  std::string multiplier;  ///< a built-in name or a file

  bool operator==(const LayerMultiplier&) const = default;
};

/// Entries of "NAME=MULTIPLIER, NAME=MULTIPLIER", separated by commas; "none" has no entry. Throws
/// std::invalid_argument with "what was found; ... is expected" for an entry that is none.
std::vector<LayerMultiplier> split_layer_multipliers(const std::string& text);

/// The inverse.
std::string join_layer_multipliers(const std::vector<LayerMultiplier>& layers);

/// Entries of "NAME=WxX, NAME=WxX", weight bits x activation bits, and their inverse; likewise.
std::vector<LayerBits> split_layer_bits(const std::string& text);
std::string join_layer_bits(const std::vector<LayerBits>& layers);

}  // namespace tram
