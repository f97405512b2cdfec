#include "sim/components/scratchpad.hpp"

namespace tram {

Scratchpad::Scratchpad(sc_core::sc_module_name name, const Clock& clock, const Scenario::Scratchpad& parameters,
                       Meter& meter)
    : sc_module(name), ports("ports"), clock_(clock), parameters_(parameters), meter_(meter),
      memory_(zeroed_memory(static_cast<uint64_t>(parameters.bytes))) {
  ports.register_b_transport(this, &Scratchpad::b_transport);
}

void Scratchpad::b_transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!serve_memory(payload, memory_.get(), static_cast<uint64_t>(parameters_.bytes))) return;
  const uint64_t bytes = payload.get_data_length();
  const uint64_t width = port_bytes_[static_cast<size_t>(port)];
  const uint64_t start = clock_.cycle(sc_core::sc_time_stamp() + delay);
  const uint64_t end = start + static_cast<uint64_t>(parameters_.latency_cycles) + (bytes + width - 1) / width;
  delay = clock_.until(end);

  const int layer = LayerTag::of(payload);
  meter_.layer(layer).sram_bytes += bytes;
  meter_.energy(&EnergyBreakdown::sram, layer, start, end,
                static_cast<double>(bytes) *
                    (payload.is_write() ? parameters_.write_energy_per_byte : parameters_.read_energy_per_byte));
}

}  // namespace tram
