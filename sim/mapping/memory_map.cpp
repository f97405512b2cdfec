#include "sim/mapping/memory_map.hpp"

#include <utility>

#include "models/support/error.hpp"
#include "sim/mapping/command.hpp"

namespace tram {
namespace {

/// Hands out aligned pieces one behind the other.
class Allocator {
 public:
  uint64_t take(int64_t bytes) {
    const uint64_t address = end_;
    end_ += (static_cast<uint64_t>(bytes) + kMapAlignment - 1) / kMapAlignment * kMapAlignment;
    return address;
  }
  uint64_t end() const { return end_; }

 private:
  uint64_t end_ = 0;
};

}  // namespace

ConstantBytes constant_bytes(const IntegerStep& step) {
  ConstantBytes bytes;
  if (const auto* gemm = std::get_if<GemmLayer>(&step.layer))
    bytes = {.weights = gemm->n() * gemm->k(),
             .parameters = gemm->n() * static_cast<int64_t>(sizeof(ChannelParameters))};
  if (const auto* vector = std::get_if<VectorLayer>(&step.layer))
    bytes.constants = static_cast<int64_t>(vector->constants.size() * sizeof(int32_t));
  return bytes;
}

void place_weights_on_chip(const IntegerNetwork& network, int64_t bytes, MemoryMap& map) {
  Allocator scratchpad;
  for (const IntegerStep& step : network.steps) {
    const ConstantBytes size = constant_bytes(step);
    map.resident_layers.push_back({.weights = static_cast<uint32_t>(scratchpad.take(size.weights)),
                                   .parameters = static_cast<uint32_t>(scratchpad.take(size.parameters)),
                                   .constants = static_cast<uint32_t>(scratchpad.take(size.constants))});
  }
  map.resident_weight_bytes = static_cast<int64_t>(scratchpad.end());
  if (map.resident_weight_bytes > bytes)
    throw InputError("memory.weights",
                     fmt::format("{} B are too small for all weights of network '{}', as mapping.weights: resident "
                                 "asks; at least {} B are expected",
                                 bytes, network.name, map.resident_weight_bytes));
}

MemoryMap make_memory_map(const IntegerNetwork& network, Residency residency, int64_t dram_bytes) {
  MemoryMap map;
  map.residency = std::move(residency);
  Allocator dram;
  for (const IntegerStep& step : network.steps) {
    const ConstantBytes bytes = constant_bytes(step);
    MemoryMap::Layer layer;
    layer.weights = dram.take(bytes.weights);
    layer.parameters = dram.take(bytes.parameters);
    layer.constants = dram.take(bytes.constants);
    map.layers.push_back(layer);
  }
  for (const TensorInfo& tensor : network.tensors) map.tensors.push_back(dram.take(tensor.bytes()));
  map.logits = dram.take(network.logits() * 4);
  map.end = dram.end();
  if (map.end > static_cast<uint64_t>(dram_bytes))
    throw InputError("memory.dram_size", fmt::format("{} B are too small for network '{}'; at least {} B are expected",
                                                     dram_bytes, network.name, map.end));
  return map;
}

}  // namespace tram
