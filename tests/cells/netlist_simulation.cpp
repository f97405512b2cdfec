#include "tests/cells/netlist_simulation.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace tram {

NetlistSimulation::NetlistSimulation(const MappedNetlist& netlist)
    : netlist_(netlist), words_(netlist.net_count(), 0), states_(netlist.flip_flops().size(), 0) {
  words_[constant_one] = ~uint64_t{0};
}

void NetlistSimulation::set_port(std::string_view name, uint64_t value) {
  const MappedPort* const port = netlist_.find_port(name);
  if (port == nullptr || !port->is_input) throw std::invalid_argument(fmt::format("no input port '{}'", name));
  for (size_t i = 0; i < port->bits.size(); ++i) words_[port->bits[i]] = value >> i & 1 ? ~uint64_t{0} : 0;
}

uint64_t NetlistSimulation::port(std::string_view name, unsigned lane) const {
  const MappedPort* const port = netlist_.find_port(name);
  if (port == nullptr) throw std::invalid_argument(fmt::format("no port '{}'", name));
  uint64_t value = 0;
  for (size_t i = 0; i < port->bits.size(); ++i) value |= (words_[port->bits[i]] >> lane & 1) << i;
  return value;
}

uint64_t NetlistSimulation::evaluate(const PinFunction& function, const MappedCell& cell, uint64_t state) const {
  std::array<uint64_t, BooleanFunction::max_variables> values;
  for (size_t i = 0; i < function.pins.size(); ++i) {
    const int pin = function.pins[i];
    values[i] = pin == PinFunction::state            ? state
                : pin == PinFunction::inverted_state ? ~state
                                                     : words_[cell.pins[static_cast<size_t>(pin)]];
  }
  return function.function.evaluate({values.data(), function.pins.size()});
}

void NetlistSimulation::drive_outputs(uint32_t index, uint64_t state) {
  const MappedCell& cell = netlist_.cells()[index];
  for (const int pin : cell.type->output_pins) {
    const NetId net = cell.pins[static_cast<size_t>(pin)];
    if (net != no_net) words_[net] = evaluate(*cell.type->pins[static_cast<size_t>(pin)].function, cell, state);
  }
}

void NetlistSimulation::settle() {
  // Asynchronous pins may depend on flip-flops through logic: repeat until no state changes, at most once a flip-flop.
  for (size_t pass = 0; pass <= states_.size(); ++pass) {
    for (size_t i = 0; i < states_.size(); ++i) drive_outputs(netlist_.flip_flops()[i], states_[i]);
    for (const uint32_t cell : netlist_.combinational_order()) drive_outputs(cell, 0);
    bool changed = false;
    for (size_t i = 0; i < states_.size(); ++i) {
      const MappedCell& cell = netlist_.cells()[netlist_.flip_flops()[i]];
      const FlipFlop& ff = *cell.type->flip_flop;
      const uint64_t clear = ff.clear ? evaluate(*ff.clear, cell, states_[i]) : 0;
      const uint64_t preset = ff.preset ? evaluate(*ff.preset, cell, states_[i]) : 0;
      const uint64_t next = (states_[i] | preset) & ~clear;
      changed |= next != states_[i];
      states_[i] = next;
    }
    if (!changed) return;
  }
}

void NetlistSimulation::clock() {
  std::vector<uint64_t> next(states_.size());
  for (size_t i = 0; i < states_.size(); ++i) {
    const MappedCell& cell = netlist_.cells()[netlist_.flip_flops()[i]];
    next[i] = evaluate(cell.type->flip_flop->next_state, cell, states_[i]);
  }
  states_ = next;
  settle();
}

}  // namespace tram
