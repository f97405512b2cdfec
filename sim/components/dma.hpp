#pragma once
#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <string>
#include <vector>

#include "sim/components/command_unit.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/meter.hpp"
#include "sim/observers/trace_signal.hpp"

namespace tram {

/// A DMA channel: moves blocks of rows between DRAM, over the bus, and the scratchpads. The platform has two, one
/// into the scratchpads (Unit::dma_in), one out of them (Unit::dma_out).
///
/// Sockets     commands; bus (initiator); local: one initiator a Memory
/// Parameters  max_burst_bytes, setup_cycles, outstanding
/// Timing      setup_cycles, then bursts: rows that follow each other without a gap on both sides count as one; a
///             burst ends at a multiple of max_burst_bytes in DRAM or at the end of a row. One burst is issued a
///             cycle while fewer than `outstanding` are under way, on the bus by the base protocol in four phases. In:
///             read DRAM, then write the scratchpad. Out: read the scratchpad, then write DRAM; the next burst is read
///             meanwhile. Complete when the last burst is.
/// Errors      those of the targets, as SC_ERROR
class DmaChannel : public CommandUnit {
 public:
  tlm_utils::simple_initiator_socket<DmaChannel> bus;
  sc_core::sc_vector<tlm_utils::simple_initiator_socket<DmaChannel>> local;

  DmaChannel(sc_core::sc_module_name name, Unit direction, const Clock& clock, const Scenario::Dma& parameters,
             int queue_commands, Meter& meter);

  void trace(VcdRecorder& recorder, const std::string& scope) { busy_.attach_idle(recorder, scope, "busy", 1); }

 private:
  /// A burst under way: its transaction lives until its response.
  struct Burst : tlm::tlm_mm_interface {
    Burst();
    ~Burst() override { payload.clear_extension(&tag); }
    void free(tlm::tlm_generic_payload*) override {}

    tlm::tlm_generic_payload payload{this};
    LayerTag tag;
    std::vector<uint8_t> data;
    Memory memory = {};
    uint32_t local = 0;       ///< offset in the scratchpad
    bool is_waiting = false;  ///< for its response
    uint64_t end = 0;         ///< cycle in which it is complete, once it does not wait
  };

  void execute(const Command& command, uint64_t ready) override;
  /// Issues the bursts of a run of contiguous bytes.
  void move(const DmaCommand& transfer, int layer, uint64_t dram, uint32_t local_offset, uint64_t bytes);
  void move_burst(const DmaCommand& transfer, int layer, uint64_t dram, uint32_t local_offset, uint64_t bytes);
  void request(Burst& burst);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void complete(Burst& burst, const sc_core::sc_time& delay);

  bool in_;
  Scenario::Dma parameters_;
  Meter& meter_;
  Transactor transactor_;
  std::deque<Burst> bursts_;  ///< as many as may be under way, issued in turn
  size_t next_ = 0;
  sc_core::sc_event answered_;
  TraceSignal busy_;
};

}  // namespace tram
