#pragma once
#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <map>
#include <string>
#include <vector>

#include "sim/components/clock.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/trace_signal.hpp"

namespace tram {

/// The system bus: host commands to the units' registers, DMA data to and from DRAM.
///
/// Sockets     initiators: any number, numbered in the order of binding
///             targets: bound in the order of map(), which gives each its address range
/// Parameters  width_bytes, latency_cycles
/// Timing      one transaction at a time, first come, first served. A transaction occupies the bus for
///             latency_cycles + ceil(bytes / width_bytes) cycles; it is split: while the target looks up its data the
///             bus is free for others. Blocking or by the base protocol in four phases; targets of the latter must end
///             a request at once (END_REQ).
/// Errors      no target at the address, or the end of the transaction beyond it: TLM_ADDRESS_ERROR_RESPONSE
/// Counters    busy_cycles(), transactions()
class Bus : public sc_core::sc_module {
 public:
  tlm_utils::multi_passthrough_target_socket<Bus> initiators;
  tlm_utils::multi_passthrough_initiator_socket<Bus> targets;

  Bus(sc_core::sc_module_name name, const Clock& clock, const Scenario::Bus& parameters);

  /// The next target to be bound answers at [base, base + size) and sees offsets from base.
  void map(uint64_t base, uint64_t size) { ranges_.push_back({base, size}); }

  uint64_t busy_cycles() const { return busy_cycles_; }
  uint64_t transactions() const { return transactions_; }
  void trace(VcdRecorder& recorder, const std::string& scope);

 private:
  struct AddressRange {
    uint64_t base, size;
  };

  /// Where a transaction that is under way came from and went.
  struct Route {
    int initiator, target;
  };

  tlm::tlm_sync_enum nb_transport_fw(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(int target, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum request(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                             sc_core::sc_time& delay);
  void b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(int initiator, tlm::tlm_generic_payload& payload);
  /// Index of the target that holds the whole transaction, or -1.
  int decode(const tlm::tlm_generic_payload& payload) const;
  uint64_t occupy(uint64_t arrival, int initiator, const tlm::tlm_generic_payload& payload);

  Clock clock_;
  Scenario::Bus parameters_;
  std::vector<AddressRange> ranges_;
  std::map<const tlm::tlm_generic_payload*, Route> routes_;
  uint64_t busy_until_ = 0;  ///< cycle
  uint64_t busy_cycles_ = 0, transactions_ = 0;
  TraceSignal valid_, initiator_, address_, bytes_, write_;
};

}  // namespace tram
