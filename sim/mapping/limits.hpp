#pragma once
#include <cstdint>

#include "sim/config/scenario.hpp"
#include "sim/mapping/command.hpp"

namespace tram {

/// What a schedule must fit: the array and the sizes of the memories, B. Scratchpads are double buffers: a tile may
/// take half of one.
struct Limits {
  int rows = 64, columns = 64;
  int64_t weights = 0, activations = 0, outputs = 0;
  int64_t dram = 0;
  bool tensors_on_chip = true;   ///< whether tensors may stay in the activation scratchpad from layer to layer
  int64_t resident = 0;          ///< B of the activation scratchpad, from its start, that such tensors take
  bool weights_on_chip = false;  ///< whether all weights stay in the weight scratchpad from image to image
  int64_t resident_weights = 0;  ///< B of that, from its start, that they take
  int tile_channels = 0;         ///< output channels of a tile, at most; 0: columns

  int most_tile_channels() const { return tile_channels > 0 ? tile_channels : columns; }
  /// Each half of the weight scratchpad begins with the parameters of a tile's channels.
  int64_t parameter_bytes() const {
    return int64_t{most_tile_channels()} * static_cast<int64_t>(sizeof(ChannelParameters));
  }
  int64_t weight_half() const { return (weights - resident_weights) / 2 - parameter_bytes(); }
  int64_t activation_half() const { return (activations - resident) / 2; }
  int64_t output_half() const { return outputs / 2; }
};

inline Limits limits_of(const Scenario& scenario) {
  return {.rows = scenario.array.rows,
          .columns = scenario.array.columns,
          .weights = scenario.weights.bytes,
          .activations = scenario.activations.bytes,
          .outputs = scenario.outputs.bytes,
          .dram = scenario.dram.bytes,
          .tensors_on_chip = scenario.mapping.tensors == TensorPlaces::on_chip,
          .weights_on_chip = scenario.mapping.weights == WeightPlaces::resident};
}

}  // namespace tram
