#include "sim/components/dram.hpp"

#include <algorithm>
#include <cmath>

#include "models/memory/dram_presets.hpp"

namespace tram {

Dram::Dram(sc_core::sc_module_name name, const Clock& clock, const Scenario::Dram& parameters, Meter& meter)
    : sc_module(name), target("target"), clock_(clock), parameters_(parameters), meter_(meter),
      memory_(zeroed_memory(size())), done_("done") {
  target.register_b_transport(this, &Dram::b_transport);
  target.register_nb_transport_fw(this, &Dram::nb_transport_fw);
  target.register_transport_dbg(this, &Dram::transport_dbg);
  SC_HAS_PROCESS(Dram);
  SC_METHOD(respond);
  sensitive << done_.get_event();
  dont_initialize();
  start(0);
}

void Dram::start(uint64_t cycle) {
  start_ = clock_.cycles(cycle);
  accounted_ = cycle;
  if (parameters_.simple) return;
  const DramPreset& preset = *find_dram_preset(parameters_.name);
  timing_.emplace(*preset.device, parameters_.mapping);
  timing_->listen(listener_);
}

void Dram::finish(uint64_t cycle, int layer) {
  if (!timing_) return;
  timing_->advance(device_clock(clock_.cycles(cycle)));
  account(layer, cycle, timing_->take_energy());
}

void Dram::listen(std::function<void(const DramCommand&)> listener) {
  listener_ = std::move(listener);
  if (timing_) timing_->listen(listener_);
}

void Dram::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!serve_memory(payload, memory_.get(), size())) return;
  delay = clock_.until(serve(payload, delay));
}

tlm::tlm_sync_enum Dram::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                         sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) {
    responses_.pop_front();
    if (!responses_.empty()) done_.notify(*responses_.front(), delay);
    return tlm::TLM_COMPLETED;
  }
  if (!serve_memory(payload, memory_.get(), size())) return tlm::TLM_COMPLETED;
  done_.notify(payload, clock_.until(serve(payload, delay)));
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

/// Sends the responses that are due, as far as the initiators end them at once.
void Dram::respond() {
  while (tlm::tlm_generic_payload* payload = done_.get_next_transaction()) {
    const bool is_first = responses_.empty() || responses_.front() == payload;
    if (responses_.empty() || !is_first) responses_.push_back(payload);
    if (!is_first) continue;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay;
    const tlm::tlm_sync_enum status = target->nb_transport_bw(*payload, phase, delay);
    if (status == tlm::TLM_ACCEPTED) continue;
    responses_.pop_front();
    if (!responses_.empty()) done_.notify(*responses_.front(), delay);
  }
}

unsigned Dram::transport_dbg(tlm::tlm_generic_payload& payload) {
  return serve_memory(payload, memory_.get(), size()) ? payload.get_data_length() : 0;
}

uint64_t Dram::serve(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  const sc_core::sc_time arrival = sc_core::sc_time_stamp() + delay;
  meter_.layer(LayerTag::of(payload)).dram_bytes += whole_bursts(payload);
  return timing_ ? serve_banks(payload, arrival) : serve_simply(payload, arrival);
}

uint64_t Dram::serve_banks(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& arrival) {
  const int64_t clock = device_clock(arrival);
  const uint64_t bytes = std::max<uint64_t>(LayerTag::packed(payload), 1);
  const int64_t end =
      timing_->access(LayerTag::packed(payload, payload.get_address()), bytes, payload.is_write(), clock);
  const uint64_t done = clock_.cycle(moment(end) + clock_.seconds(dram_controller_s));
  account(LayerTag::of(payload), done, timing_->take_energy());
  return done;
}

uint64_t Dram::serve_simply(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& arrival) {
  const auto bytes = static_cast<double>(whole_bursts(payload));
  const sc_core::sc_time start = std::max(arrival, busy_until_);
  busy_until_ = start + clock_.seconds(bytes / parameters_.bandwidth);
  const uint64_t done = clock_.cycle(busy_until_ + clock_.seconds(parameters_.latency_s));
  accounted_ = clock_.cycle(start);
  const double joules = bytes * parameters_.energy_per_byte;
  account(LayerTag::of(payload), done, payload.is_write() ? DramJoules{.write = joules} : DramJoules{.read = joules});
  return done;
}

/// Energy that was spent from the end of what is accounted to this cycle.
void Dram::account(int layer, uint64_t end, const DramJoules& energy) {
  const uint64_t first = std::min(accounted_, end);
  const auto add = [&](double EnergyBreakdown::*part, double joules) {
    meter_.energy(part, layer, first, end, joules);
    meter_.energy(&EnergyBreakdown::dram, layer, first, end, joules);
  };
  add(&EnergyBreakdown::dram_activate, energy.activate);
  add(&EnergyBreakdown::dram_read, energy.read);
  add(&EnergyBreakdown::dram_write, energy.write);
  add(&EnergyBreakdown::dram_refresh, energy.refresh);
  add(&EnergyBreakdown::dram_background, energy.background);
  accounted_ = std::max(accounted_, end);
}

uint64_t Dram::whole_bursts(const tlm::tlm_generic_payload& payload) const {
  const auto burst = static_cast<uint64_t>(timing_ ? timing_->device().burst_bytes : parameters_.burst_bytes);
  const uint64_t address = LayerTag::packed(payload, payload.get_address());
  const uint64_t first = address / burst;
  const uint64_t last = (address + std::max<uint64_t>(LayerTag::packed(payload), 1) - 1) / burst;
  return (last - first + 1) * burst;
}

int64_t Dram::device_clock(const sc_core::sc_time& time) const {
  const double period = timing_->device().clock_s * static_cast<double>(clock_.seconds(1).value());
  return static_cast<int64_t>(std::ceil(static_cast<double>((time - start_).value()) / period - 1e-6));
}

sc_core::sc_time Dram::moment(int64_t clock) const {
  return start_ + clock_.seconds(static_cast<double>(clock) * timing_->device().clock_s);
}

}  // namespace tram
