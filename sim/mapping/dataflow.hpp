#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/quant/integer_network.hpp"
#include "sim/config/scenario_choices.hpp"
#include "sim/mapping/limits.hpp"
#include "sim/mapping/program_builder.hpp"
#include "sim/mapping/tiling.hpp"

namespace tram {

/// A matrix of codes in DRAM: part of the channels of a tensor's positions.
struct MatrixPlace {
  uint64_t address = 0;  ///< of the first code, in DRAM or in the activation scratchpad
  int64_t pitch = 0;     ///< B from row to row
  int tensor = 0;        ///< which it is part of
  int64_t offset = 0;    ///< of the first code in the tensor, B
  bool on_chip = false;  ///< in the activation scratchpad
};

/// A stationary operand that an earlier layer computed, and what the corrections of its columns need.
struct StationaryActivations {
  MatrixPlace place = {};
  bool transposed = false;       ///< rows are output channels; else taps
  MatmulParameters matmul = {};  ///< a streams, b is this operand
};

/// A GEMM and where its operands lie.
struct GemmTask {
  GemmProblem problem = {};
  GemmTiling tiling = {};
  CodeFormat operands = {};      ///< what streams
  CodeFormat weight_codes = {};  ///< what stays
  int32_t input_zero = 0;
  bool sums_activations = false;                         ///< some zero point of what the weights are is not 0
  MatrixPlace input = {};                                ///< rows of the window's map
  uint64_t weights = 0, parameters = 0;                  ///< of a GemmLayer: addresses in DRAM or, resident, offsets
  bool weights_on_chip = false;                          ///< those are in the weight scratchpad
  std::optional<StationaryActivations> stationary = {};  ///< of a MatmulLayer, in place of those
  MatrixPlace output = {};  ///< rows of output positions; of accumulators in the last layer
  bool logits = false;
  CodeFormat output_format = {};
  int32_t output_zero = 0, clamp_low = 0, clamp_high = 255;
  uint8_t circuit = 0;  ///< of the PEs
};

/// How a GEMM passes through the array: one policy, one file.
class Dataflow {
 public:
  virtual ~Dataflow() = default;
  virtual std::string name() const = 0;
  /// Output channels of a tile, at most, of a network in which a group of a layer has so many.
  virtual int tile_channels(int64_t most_channels, const Limits& limits) const = 0;
  /// The tiling with the fewest array cycles that fits. Throws InputError naming key and layer when none does.
  virtual GemmTiling tile(const GemmProblem& problem, const Limits& limits) const = 0;
  /// Appends the GEMM's commands.
  virtual void schedule(const GemmTask& task, ProgramBuilder& program) const = 0;
};

std::unique_ptr<Dataflow> make_dataflow(DataflowKind kind);

std::unique_ptr<Dataflow> make_weight_stationary();
std::unique_ptr<Dataflow> make_input_stationary();

}  // namespace tram
