#pragma once
#include <tlm_utils/simple_target_socket.h>

#include "sim/components/clock.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/meter.hpp"

namespace tram {

/// Off-chip memory behind one controller.
///
/// Socket      target: reads and writes of bytes, offsets from 0
/// Parameters  latency_s (request to first data), bandwidth (B/s, reads and writes together), burst_bytes,
///             energy_per_byte, bytes
/// Timing      requests are served first come, first served: a request moves whole bursts, every aligned block of
///             burst_bytes that it touches, and keeps the data pins busy for their bytes / bandwidth. Its data is
///             there latency_s after that. Latency overlaps with other requests; the end is rounded up to a cycle.
/// Errors      beyond `bytes`: TLM_ADDRESS_ERROR_RESPONSE
/// Counters    bytes moved (whole bursts) and energy, by layer, into the Meter
/// Contents    zero until written; transport_dbg reads and writes without time and energy
class Dram : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Dram> target;

  Dram(sc_core::sc_module_name name, const Clock& clock, const Scenario::Dram& parameters, Meter& meter);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  uint64_t size() const { return static_cast<uint64_t>(parameters_.bytes); }

  Clock clock_;
  Scenario::Dram parameters_;
  Meter& meter_;
  ZeroedMemory memory_;
  sc_core::sc_time busy_until_;
};

}  // namespace tram
