#include "sim/components/bus.hpp"

#include <algorithm>

#include "sim/components/transaction.hpp"

namespace tram {

Bus::Bus(sc_core::sc_module_name name, const Clock& clock, const Scenario::Bus& parameters)
    : sc_module(name), initiators("initiators"), targets("targets"), clock_(clock), parameters_(parameters) {
  initiators.register_b_transport(this, &Bus::b_transport);
  initiators.register_nb_transport_fw(this, &Bus::nb_transport_fw);
  targets.register_nb_transport_bw(this, &Bus::nb_transport_bw);
  initiators.register_transport_dbg(this, &Bus::transport_dbg);
}

void Bus::trace(VcdRecorder& recorder, const std::string& scope) {
  valid_.attach_idle(recorder, scope, "valid", 1);
  initiator_.attach(recorder, scope, "initiator", 4);
  write_.attach(recorder, scope, "write", 1);
  address_.attach(recorder, scope, "address", 40);
  bytes_.attach(recorder, scope, "bytes", 32);
}

int Bus::decode(const tlm::tlm_generic_payload& payload) const {
  const uint64_t address = payload.get_address();
  for (size_t i = 0; i < ranges_.size(); ++i) {
    const AddressRange& range = ranges_[i];
    if (address >= range.base && address - range.base < range.size &&
        payload.get_data_length() <= range.size - (address - range.base))
      return static_cast<int>(i);
  }
  return -1;
}

/// Waits for its turn and holds the bus; returns the cycle in which it is free again.
uint64_t Bus::occupy(uint64_t arrival, int initiator, const tlm::tlm_generic_payload& payload) {
  const auto width = static_cast<uint64_t>(parameters_.width_bytes);
  const uint64_t cycles =
      static_cast<uint64_t>(parameters_.latency_cycles) + (LayerTag::packed(payload) + width - 1) / width;
  const uint64_t start = std::max(arrival, busy_until_);
  busy_until_ = start + cycles;
  busy_cycles_ += cycles;
  ++transactions_;
  valid_.pulse(start, busy_until_);
  initiator_.set(start, static_cast<uint64_t>(initiator));
  write_.set(start, payload.is_write());
  address_.set(start, payload.get_address());
  bytes_.set(start, LayerTag::packed(payload));
  return busy_until_;
}

void Bus::b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const int target = decode(payload);
  if (target < 0) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  delay = clock_.until(occupy(clock_.cycle(sc_core::sc_time_stamp() + delay), initiator, payload));
  const uint64_t address = payload.get_address();
  payload.set_address(address - ranges_[static_cast<size_t>(target)].base);
  targets[target]->b_transport(payload, delay);
  payload.set_address(address);
}

tlm::tlm_sync_enum Bus::nb_transport_fw(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                        sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) return request(initiator, payload, phase, delay);
  const Route route = routes_.extract(&payload).mapped();  // END_RESP
  return targets[route.target]->nb_transport_fw(payload, phase, delay);
}

tlm::tlm_sync_enum Bus::request(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                sc_core::sc_time& delay) {
  const int target = decode(payload);
  if (target < 0) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  delay = clock_.until(occupy(clock_.cycle(sc_core::sc_time_stamp() + delay), initiator, payload));
  const uint64_t address = payload.get_address();
  routes_[&payload] = {initiator, target};
  payload.set_address(address - ranges_[static_cast<size_t>(target)].base);
  const tlm::tlm_sync_enum status = targets[target]->nb_transport_fw(payload, phase, delay);
  if (status == tlm::TLM_ACCEPTED) SC_REPORT_ERROR("tram", "a target on the bus did not end a request at once");
  payload.set_address(address);
  if (status == tlm::TLM_COMPLETED) routes_.erase(&payload);
  return status;
}

tlm::tlm_sync_enum Bus::nb_transport_bw(int, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                        sc_core::sc_time& delay) {
  const auto route = routes_.find(&payload);
  const tlm::tlm_sync_enum status = initiators[route->second.initiator]->nb_transport_bw(payload, phase, delay);
  if (status != tlm::TLM_ACCEPTED) routes_.erase(route);
  return status;
}

unsigned Bus::transport_dbg(int, tlm::tlm_generic_payload& payload) {
  const int target = decode(payload);
  if (target < 0) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  const uint64_t address = payload.get_address();
  payload.set_address(address - ranges_[static_cast<size_t>(target)].base);
  const unsigned moved = targets[target]->transport_dbg(payload);
  payload.set_address(address);
  return moved;
}

}  // namespace tram
