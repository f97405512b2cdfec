#pragma once
#include <tlm_utils/simple_initiator_socket.h>

#include <string>
#include <vector>

#include "sim/components/command_unit.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/trace_signal.hpp"

namespace tram {

/// A DMA channel: moves blocks of rows between DRAM, over the bus, and the scratchpads. The platform has two, one
/// into the scratchpads (Unit::dma_in), one out of them (Unit::dma_out).
///
/// Sockets     commands; bus (initiator); local: one initiator a Memory
/// Parameters  max_burst_bytes, setup_cycles, outstanding
/// Timing      setup_cycles, then bursts: rows that follow each other without a gap on both sides count as one; a
///             burst ends at a multiple of max_burst_bytes in DRAM or at the end of a row. One burst is issued a
///             cycle while fewer than `outstanding` are under way. In: read DRAM, then write the scratchpad. Out: read
///             the scratchpad, then write DRAM; the next burst is read meanwhile. Complete when the last burst is.
/// Errors      those of the targets, as SC_ERROR
class DmaChannel : public CommandUnit {
 public:
  tlm_utils::simple_initiator_socket<DmaChannel> bus;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket<DmaChannel>> local;

  DmaChannel(sc_core::sc_module_name name, Unit direction, const Clock& clock, const Scenario::Dma& parameters,
             int queue_commands);

  void trace(VcdRecorder& recorder, const std::string& scope) { busy_.attach_idle(recorder, scope, "busy", 1); }

 private:
  void execute(const Command& command, uint64_t ready) override;
  /// Issues the bursts of a run of contiguous bytes.
  void move(const DmaCommand& transfer, int layer, uint64_t dram, uint32_t local_offset, uint64_t bytes);
  void move_burst(const DmaCommand& transfer, int layer, uint64_t dram, uint32_t local_offset, uint64_t bytes);

  bool in_;
  Scenario::Dma parameters_;
  Transactor transactor_;
  std::vector<uint8_t> buffer_;
  std::vector<uint64_t> burst_end_;  ///< by slot: the cycle in which its last burst is complete
  size_t slot_ = 0;
  TraceSignal busy_;
};

}  // namespace tram
