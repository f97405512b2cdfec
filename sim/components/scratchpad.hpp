#pragma once
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <vector>

#include "sim/components/bank_occupancy.hpp"
#include "sim/components/clock.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/meter.hpp"

namespace tram {

/// On-chip memory for weights, activations or outputs, with a port for each unit that uses it.
///
/// Sockets     ports: bound in the order of add_port(), which gives each its width
/// Parameters  bytes, latency_cycles, energies a byte read and written; port width in B a cycle
/// Timing      an access takes latency_cycles + ceil(bytes / port width) for each row of them, a cycle of a bank for each width. Banks are
///             equal blocks of addresses, with two of them the halves of the double buffer, and take one access a
///             cycle. Where two accesses want a bank in the same cycle the first to ask has it, and the other waits;
///             but ports that go first (the array's, whose operands come clock by clock) have every cycle they want.
/// Errors      beyond `bytes`: TLM_ADDRESS_ERROR_RESPONSE
/// Counters    bytes read and written, energy and cycles waited for banks, by layer, into the Meter
class Scratchpad : public sc_core::sc_module {
 public:
  tlm_utils::multi_passthrough_target_socket<Scratchpad> ports;

  Scratchpad(sc_core::sc_module_name name, const Clock& clock, const Scenario::Scratchpad& parameters, Meter& meter);

  /// The next port to be bound moves so many bytes a cycle.
  void add_port(int bytes, bool goes_first = false) {
    port_table_.push_back({static_cast<uint64_t>(bytes), goes_first});
  }

 private:
  struct Port {
    uint64_t bytes;
    bool goes_first;
  };

  void b_transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  /// Takes the banks of an access from cycle `start` on; returns the cycle behind its last one.
  uint64_t occupy(const Port& port, uint64_t start, uint64_t address, uint64_t bytes);

  Clock clock_;
  Scenario::Scratchpad parameters_;
  Meter& meter_;
  ZeroedMemory memory_;
  std::vector<Port> port_table_;
  uint64_t bank_bytes_;
  std::vector<BankOccupancy> banks_;
};

}  // namespace tram
