#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/quant/integer_network.hpp"
#include "sim/mapping/limits.hpp"
#include "sim/mapping/memory_map.hpp"
#include "sim/mapping/program_builder.hpp"

namespace tram {

/// Schedules of the layers that run on the vector unit, and of those that only move codes: tensors on chip are read and
/// written where they are; other operands come into halves of the activation scratchpad, other results leave from halves
/// of the output scratchpad. Maps are cut into at least
/// kOverlapPieces pieces where they can be, so that loading, computing and storing overlap. Constants of a layer lie
/// in a half of the weight scratchpad, loaded once a layer.
/// InputError naming key and layer when a memory holds not even the smallest piece.
struct VectorTask {
  const IntegerStep& step;
  const IntegerNetwork& network;
  const MemoryMap& map;
  const Limits& limits;
  uint64_t constants = 0;                           ///< address of the layer's constants
  std::optional<uint32_t> resident_constants = {};  ///< their offset, where they stay in the weight scratchpad

  int64_t input_bytes(size_t input) const { return tensor(step.inputs[input]).format.bytes(); }  ///< of a code
  int64_t output_bytes() const { return tensor(step.output).format.bytes(); }
  bool is_on_chip(int index) const { return map.on_chip(index).has_value(); }
  /// Whether an input passes through a half of the activation scratchpad.
  bool any_input_staged() const {
    return std::ranges::any_of(step.inputs, [&](int input) { return !is_on_chip(input); });
  }
  /// As input_bytes and output_bytes, 0 where the tensor is on chip.
  int64_t staged_input_bytes(size_t input) const { return is_on_chip(step.inputs[input]) ? 0 : input_bytes(input); }
  int64_t staged_output_bytes() const { return is_on_chip(step.output) ? 0 : output_bytes(); }
  CodeFormat input_format(size_t input) const { return tensor(step.inputs[input]).format; }
  CodeFormat output_format() const { return tensor(step.output).format; }

 private:
  const TensorInfo& tensor(int index) const { return network.tensors[static_cast<size_t>(index)]; }
};

inline constexpr int kOverlapPieces = 4;

void schedule_layer(const VectorLayer& layer, const VectorTask& task, ProgramBuilder& program);

/// By DMA alone (copy_schedule.cpp).
void schedule_layer(const SliceLayer& layer, const VectorTask& task, ProgramBuilder& program);
void schedule_layer(const PrependLayer& layer, const VectorTask& task, ProgramBuilder& program);
void schedule_layer(const SelectLayer& layer, const VectorTask& task, ProgramBuilder& program);

}  // namespace tram
