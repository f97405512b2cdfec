#pragma once
#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <vector>

#include "sim/components/command_unit.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/meter.hpp"
#include "sim/observers/trace_signal.hpp"

namespace tram {

/// Work on integers outside of the array, as models/quant defines it: corrections, bias, requantisation and clamping of
/// the array's sums; the corrections of a product of activations (accumulator.hpp); and the operations of
/// vector_operations.hpp.
///
/// Sockets     commands; weights (for channel parameters and constants), activations, outputs (initiators, to the
///             scratchpads); results, to the activation scratchpad too, for what stays there
/// Parameters  lanes, latency_cycles, energy_per_operation
/// Operations  requantisation: 1 a result; a copy: 0; correction of a product of activations: 1 an operand and 1 a column; the
///             rest as VectorParameters say
/// Timing      parameters and constants first, then operands, computation and results overlap: the slowest of reading
///             (port), computing and writing (port) counts; then latency_cycles. Computing takes operations / lanes;
///             what a position costs beside (a root, a division) runs on one lane while the others go on with other
///             positions, so that only that of the last position is exposed.
/// Counters    energy, by operation
/// Trace       busy
class VectorUnit : public CommandUnit {
 public:
  tlm_utils::simple_initiator_socket<VectorUnit> weights, activations, results, outputs;

  VectorUnit(sc_core::sc_module_name name, const Clock& clock, const Scenario::Vector& parameters, int queue_commands,
             Meter& meter);

  void trace(VcdRecorder& recorder, const std::string& scope) { busy_.attach_idle(recorder, scope, "busy", 1); }

 private:
  void execute(const Command& command, uint64_t ready) override;

  /// Each computes its command and returns when, from now, the last result is written, and the operations it took.
  struct Work {
    sc_core::sc_time start;  ///< after parameters and constants
    sc_core::sc_time operands, results;
    int64_t operations = 0;
    int64_t exposed_cycles = 0;  ///< after the last operation on the lanes
  };
  Work run(const RequantiseCommand& c, int layer);
  Work run(const ColumnParametersCommand& c, int layer);
  Work run(const VectorCommand& c, int layer);
  Work run(const CopyCommand& c, int layer);

  /// Values of codes, from `delay` on; returns when they are there.
  sc_core::sc_time read_codes(tlm::tlm_fw_transport_if<>& memory, const TransactionPlace& place, CodeFormat format,
                              size_t count, std::vector<int32_t>& values, int layer, sc_core::sc_time delay = {});
  template <typename T>
  sc_core::sc_time read_constants(uint32_t offset, std::vector<T>& values, int layer);
  /// The values in results_ as codes, `columns` in a row (0: all).
  sc_core::sc_time write_results(const Destination& to, CodeFormat format, size_t columns, int layer,
                                 sc_core::sc_time delay = {});
  tlm::tlm_fw_transport_if<>& memory_of(const Destination& to) {
    return to.memory == Memory::outputs ? *outputs.operator->() : *results.operator->();
  }

  Scenario::Vector parameters_;
  Meter& meter_;
  Transactor transactor_;
  std::array<std::vector<int32_t>, 2> operands_;
  std::vector<int32_t> sums_, constants_, results_;
  std::vector<uint8_t> bytes_;
  TraceSignal busy_;
};

}  // namespace tram
