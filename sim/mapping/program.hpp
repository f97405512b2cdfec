#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/quant/integer_network.hpp"
#include "sim/mapping/command.hpp"
#include "sim/mapping/dataflow.hpp"
#include "sim/mapping/limits.hpp"
#include "sim/mapping/memory_map.hpp"

namespace tram {

/// Bytes that lie in DRAM before the first image.
struct Preload {
  uint64_t address = 0;
  std::vector<uint8_t> bytes;
};

/// A network as the platform runs it, once an image.
struct Program {
  MemoryMap map;
  std::vector<Preload> preloads;  ///< weights and channel parameters
  /// Once, before the first image: loads what stays on chip from image to image.
  std::vector<Command> loading;
  Progress loaded;                ///< all of those done
  std::vector<Command> commands;  ///< of an image, in the order in which the host issues them
  Progress complete;              ///< all of those done
};

/// B that a program moves between DRAM and the scratchpads.
int64_t dram_bytes(const Program& program);

/// Maps and schedules a network. Tensors stay on chip from layer to layer where they fit and that saves DRAM traffic
/// (Limits::tensors_on_chip). circuits: by step, which circuit the PEs have (read for
/// steps that multiply); empty: the first one for all. Throws
/// InputError naming the key of the memory that is too small ("memory.outputs") and the layer.
Program make_program(const IntegerNetwork& network, const Dataflow& dataflow, const Limits& limits,
                     std::span<const int> circuits = {});

}  // namespace tram
