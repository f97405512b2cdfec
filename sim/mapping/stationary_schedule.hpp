#pragma once
#include "sim/mapping/dataflow.hpp"
#include "sim/mapping/program_builder.hpp"

namespace tram {

/// Appends the commands of a GEMM in the loop order of its tiling, whichever of its operands stays in the array
/// (`holds_activations`: FoldCommand). Operands of a MatmulLayer come as they lie: each tile of b is a block of its rows,
/// which the array reads transposed where they are output channels; the vector unit sums its columns into channel
/// parameters.
void schedule_stationary(const GemmTask& task, bool holds_activations, ProgramBuilder& program);

}  // namespace tram
