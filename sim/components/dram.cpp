#include "sim/components/dram.hpp"

#include <algorithm>

namespace tram {

Dram::Dram(sc_core::sc_module_name name, const Clock& clock, const Scenario::Dram& parameters, Meter& meter)
    : sc_module(name), target("target"), clock_(clock), parameters_(parameters), meter_(meter),
      memory_(zeroed_memory(size())) {
  target.register_b_transport(this, &Dram::b_transport);
  target.register_transport_dbg(this, &Dram::transport_dbg);
}

void Dram::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!serve_memory(payload, memory_.get(), size())) return;
  const auto burst = static_cast<uint64_t>(parameters_.burst_bytes);
  const uint64_t first = payload.get_address() / burst;
  const uint64_t last = (payload.get_address() + std::max(payload.get_data_length(), 1U) - 1) / burst;
  const uint64_t bytes = (last - first + 1) * burst;

  const sc_core::sc_time start = std::max(sc_core::sc_time_stamp() + delay, busy_until_);
  busy_until_ = start + clock_.seconds(static_cast<double>(bytes) / parameters_.bandwidth);
  const uint64_t done = clock_.cycle(busy_until_ + clock_.seconds(parameters_.latency_s));
  delay = clock_.until(done);

  const int layer = LayerTag::of(payload);
  meter_.layer(layer).dram_bytes += bytes;
  meter_.energy(&EnergyBreakdown::dram, layer, clock_.cycle(start), done,
                static_cast<double>(bytes) * parameters_.energy_per_byte);
}

unsigned Dram::transport_dbg(tlm::tlm_generic_payload& payload) {
  return serve_memory(payload, memory_.get(), size()) ? payload.get_data_length() : 0;
}

}  // namespace tram
