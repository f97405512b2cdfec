#pragma once
#include <cstdint>

#include "models/quant/integer_network.hpp"
#include "sim/mapping/limits.hpp"
#include "sim/mapping/memory_map.hpp"
#include "sim/mapping/program_builder.hpp"

namespace tram {

/// Schedules of the layers that run on the vector unit: operands come into halves of the activation scratchpad,
/// results leave from halves of the output scratchpad. Maps are cut into at least kOverlapPieces pieces where they
/// can be, so that loading, computing and storing overlap.
/// InputError naming key and layer when a memory holds not even the smallest piece.
struct VectorTask {
  const IntegerStep& step;
  const MemoryMap& map;
  const Limits& limits;
};

inline constexpr int kOverlapPieces = 4;

void schedule_add(const AddLayer& layer, const VectorTask& task, ProgramBuilder& program);
void schedule_average_pool(const AveragePoolLayer& layer, const VectorTask& task, ProgramBuilder& program);
void schedule_subsample(const SubsampleLayer& layer, const VectorTask& task, ProgramBuilder& program);

}  // namespace tram
