#pragma once
#include <tlm_utils/peq_with_get.h>
#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <functional>
#include <optional>

#include "models/memory/dram_timing.hpp"
#include "sim/components/clock.hpp"
#include "sim/components/transaction.hpp"
#include "sim/config/scenario.hpp"
#include "sim/observers/meter.hpp"

namespace tram {

/// Off-chip memory behind one controller.
///
/// Socket      target: reads and writes of bytes, offsets from 0, by the base protocol in four phases: END_REQ at once,
///             so that requests queue up, BEGIN_RESP when the data is there or stored, one response at a time, in the
///             order of their ends. Requests must arrive in the order of time. Or blocking, with annotated time.
/// Parameters  those of Scenario::Dram
/// Timing      by DramTiming, dram_controller_s more, rounded up to a cycle. Simple: requests are served first come,
///             first served: a request moves whole bursts, every aligned block of burst_bytes that it touches, and
///             keeps the data pins busy for their bytes / bandwidth. Its data is there latency_s after that.
/// Errors      beyond `bytes`: TLM_ADDRESS_ERROR_RESPONSE
/// Counters    bytes moved (whole bursts) and energy, by layer, into the Meter. What the banks do by themselves, and
///             the background since the request before, counts for the layer of the request.
/// Contents    zero until written; transport_dbg reads and writes without time and energy
class Dram : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Dram> target;

  Dram(sc_core::sc_module_name name, const Clock& clock, const Scenario::Dram& parameters, Meter& meter);

  /// A new image at this cycle, which is now or past: banks are precharged, a refresh is just done, nothing is owed.
  void start(uint64_t cycle);
  /// The image ended at this cycle: what the banks did since the last request counts for a layer.
  void finish(uint64_t cycle, int layer);

  /// Sees every command of every image from now on; nothing where there are no banks.
  void listen(std::function<void(const DramCommand&)> listener);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  void respond();

  /// The cycle in which a request that arrives `delay` from now is done.
  uint64_t serve(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  uint64_t serve_banks(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& arrival);
  uint64_t serve_simply(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& arrival);
  void account(int layer, uint64_t end, const DramJoules& energy);
  uint64_t size() const { return static_cast<uint64_t>(parameters_.bytes); }
  uint64_t whole_bursts(const tlm::tlm_generic_payload& payload) const;
  /// Clocks of the device since the image's start, rounded up, and the moment of a clock.
  int64_t device_clock(const sc_core::sc_time& time) const;
  sc_core::sc_time moment(int64_t device_clock) const;

  Clock clock_;
  Scenario::Dram parameters_;
  Meter& meter_;
  ZeroedMemory memory_;
  sc_core::sc_time busy_until_;
  std::optional<DramTiming> timing_;  ///< nothing: simple
  std::function<void(const DramCommand&)> listener_;
  sc_core::sc_time start_;
  uint64_t accounted_ = 0;  ///< cycle
  tlm_utils::peq_with_get<tlm::tlm_generic_payload> done_;
  std::deque<tlm::tlm_generic_payload*> responses_;  ///< the first one is under way
};

}  // namespace tram
