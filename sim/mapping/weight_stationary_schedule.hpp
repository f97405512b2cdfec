#pragma once
#include "sim/mapping/dataflow.hpp"
#include "sim/mapping/program_builder.hpp"

namespace tram {

/// Appends the commands of a GEMM in the loop order of its tiling (weight_stationary.cpp). Operands of a MatmulLayer
/// come as they lie: each tile of the stationary one is a block of its rows, which the array reads transposed where
/// they are output channels; the vector unit sums its columns into channel parameters.
void schedule_weight_stationary(const GemmTask& task, ProgramBuilder& program);

}  // namespace tram
