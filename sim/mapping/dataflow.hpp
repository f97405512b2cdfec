#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "models/quant/integer_network.hpp"
#include "sim/mapping/limits.hpp"
#include "sim/mapping/program_builder.hpp"
#include "sim/mapping/tiling.hpp"

namespace tram {

/// A GEMM and where its operands lie in DRAM.
struct GemmTask {
  const GemmLayer& layer;
  GemmTiling tiling;
  uint64_t weights = 0, parameters = 0;   ///< addresses
  uint64_t input = 0, output = 0;         ///< addresses; output: codes HWC, or int32 accumulators in the last layer
  int input_tensor = 0, output_tensor = 0;
};

/// How a GEMM passes through the array: one policy, one file (weight_stationary.cpp).
class Dataflow {
 public:
  virtual ~Dataflow() = default;
  virtual std::string name() const = 0;
  /// The tiling with the fewest array cycles that fits. Throws InputError naming key and layer when none does.
  virtual GemmTiling tile(const GemmLayer& layer, const Limits& limits) const = 0;
  /// Appends the layer's commands.
  virtual void schedule(const GemmTask& task, ProgramBuilder& program) const = 0;
};

/// The dataflow with this name; InputError("array.dataflow", ...) when there is none.
std::unique_ptr<Dataflow> make_dataflow(const std::string& name);

std::unique_ptr<Dataflow> make_weight_stationary();

}  // namespace tram
