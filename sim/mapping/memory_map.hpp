#pragma once
#include <cstdint>
#include <vector>

#include "models/quant/integer_network.hpp"
#include "sim/mapping/residency.hpp"

namespace tram {

/// Where everything lies in DRAM, offsets in B from its first byte, each object aligned.
struct MemoryMap {
  struct Layer {
    uint64_t weights = 0;     ///< in tile order; only of GemmLayers
    uint64_t parameters = 0;  ///< ChannelParameters [N]
    uint64_t constants = 0;   ///< of a VectorLayer
  };
  /// The same in the weight scratchpad, where weights stay: each from the same alignment on.
  struct ResidentLayer {
    uint32_t weights = 0, parameters = 0, constants = 0;
  };
  std::vector<ResidentLayer> resident_layers;  ///< by step; empty: weights come image by image
  int64_t resident_weight_bytes = 0;
  std::vector<Layer> layers;      ///< by step
  std::vector<uint64_t> tensors;  ///< by tensor, feature maps HWC; tensor 0 is the image. Unused where no byte of it
                                  ///< crosses the bus
  Residency residency;            ///< those that lie in the activation scratchpad
  uint64_t logits = 0;            ///< int32 [M][N] of the last layer
  uint64_t end = 0;

  /// Offset in the activation scratchpad; none: the tensor lies in DRAM.
  std::optional<uint32_t> on_chip(int tensor) const { return residency.places[static_cast<size_t>(tensor)]; }
};

/// B that a step reads and no step writes, weights one byte a code.
struct ConstantBytes {
  int64_t weights = 0, parameters = 0, constants = 0;
};
ConstantBytes constant_bytes(const IntegerStep& step);

inline constexpr uint64_t kMapAlignment = 64;

/// Adds places of all weights in the weight scratchpad. InputError("memory.weights", ...) where they do not fit `bytes`.
void place_weights_on_chip(const IntegerNetwork& network, int64_t bytes, MemoryMap& map);

/// Throws InputError("memory.dram_size", ...) when the network needs more than dram_bytes.
MemoryMap make_memory_map(const IntegerNetwork& network, Residency residency, int64_t dram_bytes);

}  // namespace tram
