#pragma once
#include <tlm_utils/simple_initiator_socket.h>

#include <vector>

#include "sim/components/command_unit.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/meter.hpp"
#include "sim/observers/trace_signal.hpp"

namespace tram {

/// Element-wise work on integers, as models/quant/vector_ops.hpp defines it: corrections, bias, requantisation and
/// clamping of the array's sums; residual addition; average pooling; subsampling.
///
/// Sockets     command; weights (for channel parameters), activations, outputs (initiators, to the scratchpads)
/// Parameters  lanes, latency_cycles, energy_per_operation
/// Timing      channel parameters first, then operands, computation and results overlap: the slowest of reading
///             (port), elements / lanes and writing (port) counts; then latency_cycles
/// Counters    energy: one operation for each result of a requantisation, addition or subsampling, for each input of
///             a pooling
/// Trace       busy
class VectorUnit : public CommandUnit {
 public:
  tlm_utils::simple_initiator_socket<VectorUnit> weights, activations, outputs;

  VectorUnit(sc_core::sc_module_name name, const Clock& clock, const Scenario::Vector& parameters, int queue_commands,
             Meter& meter);

  void trace(VcdRecorder& recorder, const std::string& scope) { busy_.attach_idle(recorder, scope, "busy", 1); }

 private:
  void execute(const Command& command, uint64_t ready) override;

  /// Each computes its command and returns when, from now, the last result is written, and the operations it took.
  struct Work {
    sc_core::sc_time start;            ///< after the channel parameters
    sc_core::sc_time operands, results;
    int64_t operations = 0;
  };
  Work run(const RequantiseCommand& c, int layer);
  Work run(const AddCommand& c, int layer);
  Work run(const AveragePoolCommand& c, int layer);
  Work run(const SubsampleCommand& c, int layer);

  Scenario::Vector parameters_;
  Meter& meter_;
  Transactor transactor_;
  std::vector<int32_t> sums_;
  std::vector<uint8_t> operands_, codes_;
  TraceSignal busy_;
};

}  // namespace tram
