#pragma once
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <vector>

#include "sim/components/clock.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/meter.hpp"

namespace tram {

/// On-chip memory for weights, activations or outputs, with a port for each unit that uses it.
///
/// Sockets     ports: bound in the order of add_port(), which gives each its width
/// Parameters  bytes, latency_cycles, energies a byte read and written; port width in B a cycle
/// Timing      an access takes latency_cycles + ceil(bytes / port width). Ports do not disturb each other: the
///             schedule gives the two halves of the double buffer to different units.
/// Errors      beyond `bytes`: TLM_ADDRESS_ERROR_RESPONSE
/// Counters    bytes read and written and energy, by layer, into the Meter
class Scratchpad : public sc_core::sc_module {
 public:
  tlm_utils::multi_passthrough_target_socket<Scratchpad> ports;

  Scratchpad(sc_core::sc_module_name name, const Clock& clock, const Scenario::Scratchpad& parameters, Meter& meter);

  /// The next port to be bound moves so many bytes a cycle.
  void add_port(int bytes) { port_bytes_.push_back(static_cast<uint64_t>(bytes)); }

 private:
  void b_transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

  Clock clock_;
  Scenario::Scratchpad parameters_;
  Meter& meter_;
  ZeroedMemory memory_;
  std::vector<uint64_t> port_bytes_;
};

}  // namespace tram
