#include "sim/machine/platform.hpp"

#include "sim/components/address_map.hpp"

namespace tram {

Platform::Platform(sc_core::sc_module_name name, const Scenario& scenario, const Program& program, size_t logits,
                   std::span<Engine* const> engines, Meter& meter)
    : sc_module(name), clock(scenario.array.clock_hz), scoreboard("scoreboard", clock, meter),
      bus("bus", clock, scenario.bus), dram("dram", clock, scenario.dram, meter),
      weights("weights", clock, scenario.weights, meter),
      activations("activations", clock, scenario.activations, meter),
      outputs("outputs", clock, scenario.outputs, meter),
      dma_in("dma_in", Unit::dma_in, clock, scenario.dma, scenario.host.queue_commands, meter),
      array("array", clock, scenario, engines, meter),
      vector("vector", clock, scenario.vector, scenario.host.queue_commands, meter),
      dma_out("dma_out", Unit::dma_out, clock, scenario.dma, scenario.host.queue_commands, meter),
      host("host", clock, scenario.host, program, logits) {
  connect_bus(scenario);
  connect_scratchpads(scenario);
  for (auto* port : {&dma_in.scoreboard, &array.scoreboard, &vector.scoreboard, &dma_out.scoreboard, &host.scoreboard})
    port->bind(scoreboard.access);
}

void Platform::connect_bus(const Scenario& scenario) {
  host.bus.bind(bus.initiators);
  dma_in.bus.bind(bus.initiators);
  dma_out.bus.bind(bus.initiators);

  bus.map(command_register(Unit::dma_in), kRegisterPage);
  bus.targets.bind(dma_in.commands);
  bus.map(command_register(Unit::array), kRegisterPage);
  bus.targets.bind(array.commands);
  bus.map(command_register(Unit::vector), kRegisterPage);
  bus.targets.bind(vector.commands);
  bus.map(command_register(Unit::dma_out), kRegisterPage);
  bus.targets.bind(dma_out.commands);
  bus.map(kDramBase, static_cast<uint64_t>(scenario.dram.bytes));
  bus.targets.bind(dram.target);
}

void Platform::connect_scratchpads(const Scenario& scenario) {
  struct Connection {
    Memory memory;
    Scratchpad& scratchpad;
    tlm_utils::simple_initiator_socket<SystolicArray>& array;
    tlm_utils::simple_initiator_socket<VectorUnit>& vector;
    int port_bytes, array_port_bytes;
  };
  const int sum_banks = 4 * (scenario.array.columns + 1);  // one for each column, one for the activation sums
  const Connection connections[] = {
      {Memory::weights, weights, array.weights, vector.weights, scenario.weights.port_bytes,
       scenario.weights.port_bytes},
      {Memory::activations, activations, array.activations, vector.activations, scenario.activations.port_bytes,
       scenario.activations.port_bytes},
      {Memory::outputs, outputs, array.outputs, vector.outputs, scenario.outputs.port_bytes, sum_banks}};
  for (const Connection& c : connections) {
    for (DmaChannel* channel : {&dma_in, &dma_out}) {
      c.scratchpad.add_port(c.port_bytes);
      channel->local[static_cast<size_t>(c.memory)].bind(c.scratchpad.ports);
    }
    c.array.bind(c.scratchpad.ports);
    c.scratchpad.add_port(c.array_port_bytes, true);
    c.vector.bind(c.scratchpad.ports);
    c.scratchpad.add_port(c.port_bytes);
  }
  array.stationary.bind(activations.ports);
  activations.add_port(scenario.weights.port_bytes, true);
  vector.results.bind(activations.ports);
  activations.add_port(scenario.activations.port_bytes);
}

void Platform::trace(VcdRecorder& recorder) {
  bus.trace(recorder, "machine.bus");
  dma_in.trace(recorder, "machine.dma_in");
  dma_out.trace(recorder, "machine.dma_out");
  array.trace(recorder, "machine.array");
  vector.trace(recorder, "machine.vector");
}

}  // namespace tram
