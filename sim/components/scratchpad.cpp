#include "sim/components/scratchpad.hpp"

#include <algorithm>

namespace tram {

Scratchpad::Scratchpad(sc_core::sc_module_name name, const Clock& clock, const Scenario::Scratchpad& parameters,
                       Meter& meter)
    : sc_module(name), ports("ports"), clock_(clock), parameters_(parameters), meter_(meter),
      memory_(zeroed_memory(static_cast<uint64_t>(parameters.bytes))),
      bank_bytes_(static_cast<uint64_t>((parameters.bytes + parameters.banks - 1) / parameters.banks)),
      banks_(static_cast<size_t>(parameters.banks)) {
  ports.register_b_transport(this, &Scratchpad::b_transport);
}

void Scratchpad::b_transport(int number, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (!serve_memory(payload, memory_.get(), static_cast<uint64_t>(parameters_.bytes))) return;
  const uint64_t bytes = LayerTag::packed(payload);
  const Port& port = port_table_[static_cast<size_t>(number)];
  const uint64_t start = clock_.cycle(sc_core::sc_time_stamp() + delay);
  uint64_t moved = start, beats = 0;
  RowTag::for_each_row(payload, [&](uint64_t address, uint64_t row_bytes, uint64_t) {
    const uint64_t row = LayerTag::packed(payload, row_bytes);
    moved = occupy(port, moved, address, row);
    beats += (row + port.bytes - 1) / port.bytes;
  });
  const uint64_t end = moved + static_cast<uint64_t>(parameters_.latency_cycles);
  delay = clock_.until(end);

  const int layer = LayerTag::of(payload);
  meter_.layer(layer).sram_bytes += bytes;
  meter_.layer(layer).bank_wait_cycles += moved - start - beats;
  meter_.energy(&EnergyBreakdown::sram, layer, start, end,
                static_cast<double>(bytes) *
                    (payload.is_write() ? parameters_.write_energy_per_byte : parameters_.read_energy_per_byte));
}

uint64_t Scratchpad::occupy(const Port& port, uint64_t start, uint64_t address, uint64_t bytes) {
  uint64_t cycle = start;
  for (uint64_t done = 0; done < bytes;) {
    const uint64_t bank = (address + done) / bank_bytes_;
    const uint64_t left = (bank + 1) * bank_bytes_ - (address + done);
    const uint64_t beats = std::min((bytes - done + port.bytes - 1) / port.bytes, (left + port.bytes - 1) / port.bytes);
    BankOccupancy& occupancy = banks_[bank];
    occupancy.forget(clock_.now());
    if (port.goes_first) occupancy.reserve(cycle, beats);
    cycle = port.goes_first ? cycle + beats : occupancy.take(cycle, beats);
    done += beats * port.bytes;
  }
  return cycle;
}

}  // namespace tram
