#pragma once
#include <tlm_utils/simple_initiator_socket.h>

#include <span>
#include <vector>

#include "sim/components/command_unit.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/edge.hpp"
#include "sim/engines/engine.hpp"
#include "sim/mapping/fold_timer.hpp"
#include "sim/observers/meter.hpp"
#include "sim/observers/trace_signal.hpp"

namespace tram {

/// Weight- or input-stationary systolic array of rows x columns PEs; what the PEs compute comes from an Engine. With
/// several engines each FoldCommand names the one whose multiplier its PEs have: one circuit a layer.
///
/// Sockets     commands; weights, activations, outputs (initiators, to the scratchpads), and stationary, to the
///             activation scratchpad too, for weights that are activations
/// Parameters  rows, columns; port widths and latencies of the weight and activation scratchpads
/// Function    a FoldCommand reads [rows][columns] weights and, by im2col address generation, m vectors of taps (padded
///             ones are the code of zero and are not read), and writes or adds to the int32 sums [m][columns] and the
///             sums of the activations [m], where its weights have zero points. Weights that lie as [columns][rows]
///             (keys of an attention) are read column by column in the same time: the scratchpad's byte banks are
///             skewed, so that the bytes of a row and those of a column lie in different banks.
/// Timing      FoldTimer: 2R + C + m - 2 cycles a fold, or the larger of m + 2 and R + 7 where weights load while the
/// fold
///             before streams; narrow ports stretch it. Operands are
///             there the scratchpads' latency after the command is ready; reading ahead hides that while the array
///             works. The last sum is in the output scratchpad kPipelineCycles after the fold: a PE registers operand,
///             product and partial sum; the next fold does not wait for that.
///             The output scratchpad has a bank for each column, so sums never stall the array.
/// Counters    cycles occupied, dynamic energy of the engine and of the accumulators at the edge, spread over the fold,
///             by layer, into the Meter
/// Trace       state (0 idle, 1 load, 2 stream, 3 drain), fold (number of the fold since the start)
class SystolicArray : public CommandUnit {
 public:
  static constexpr uint64_t kPipelineCycles = 3;

  tlm_utils::simple_initiator_socket<SystolicArray> weights, activations, stationary, outputs;

  SystolicArray(sc_core::sc_module_name name, const Clock& clock, const Scenario& scenario,
                std::span<Engine* const> engines, Meter& meter);

  void trace(VcdRecorder& recorder, const std::string& scope);

 private:
  void execute(const Command& command, uint64_t ready) override;
  void read_operands(const FoldCommand& fold, int layer, const FoldTime& time);
  void read_weights(const FoldCommand& fold, int layer, const FoldTime& time);
  void sign_activation_sums(const FoldCommand& fold);
  /// A fold as the engine sees it: what stays [rows][columns], what streams [vectors][rows], sums of products
  /// [vectors][columns] and then of what streams [vectors].
  struct EngineOperands {
    int columns = 0, vectors = 0;
    std::span<const uint8_t> held, stream;
    std::span<int32_t> sums;
  };
  void run(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time, const EngineOperands& operands);
  void compute(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time);
  void compute_exchanged(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time);
  EdgeFold edge_fold(const FoldCommand& fold, const FoldTime& time) const;
  void accumulate(Engine& engine, const FoldCommand& fold, int layer, const FoldTime& time);
  void account(Engine& engine, int layer, const FoldTime& time);
  sc_core::sc_time until(int64_t cycle) const { return clock().until(static_cast<uint64_t>(cycle)); }

  FoldTimer timer_;
  int64_t operand_latency_;
  std::vector<Engine*> engines_;
  Meter& meter_;
  Transactor transactor_;
  std::vector<uint8_t> weight_block_, taps_;
  std::vector<uint8_t> held_, stream_;  ///< those as an array sees them that holds activations
  std::vector<int32_t> exchanged_;      ///< its sums [channels][m], and what is not used of them
  std::vector<int32_t> sums_;           ///< [m][columns] products, then [m] activation sums
  std::vector<int32_t> gathered_;       ///< the sums in the scratchpad
  uint64_t folds_ = 0;
  int64_t end_ = 0;  ///< of the last fold
  TraceSignal state_, fold_;
};

}  // namespace tram
