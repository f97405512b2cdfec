#pragma once
#include <span>
#include <systemc>

#include "sim/components/bus.hpp"
#include "sim/components/dma.hpp"
#include "sim/components/dram.hpp"
#include "sim/components/host.hpp"
#include "sim/components/scoreboard.hpp"
#include "sim/components/scratchpad.hpp"
#include "sim/components/systolic_array.hpp"
#include "sim/components/vector_unit.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/engine.hpp"
#include "sim/mapping/program.hpp"
#include "sim/observers/meter.hpp"

namespace tram {

/// The components and how they are joined:
///
///   host ---.         .--- command registers of dma_in, array, vector, dma_out
///   dma_in -+-- bus --+
///   dma_out-'         '--- dram
///
///   dma_in, dma_out, array, vector --- weights, activations, outputs (scratchpads, a port each)
///   host, dma_in, array, vector, dma_out --- scoreboard
class Platform : public sc_core::sc_module {
 public:
  Platform(sc_core::sc_module_name name, const Scenario& scenario, const Program& program, size_t logits,
           std::span<Engine* const> engines, Meter& meter);

  void trace(VcdRecorder& recorder);

  Clock clock;
  Scoreboard scoreboard;
  Bus bus;
  Dram dram;
  Scratchpad weights, activations, outputs;
  DmaChannel dma_in;
  SystolicArray array;
  VectorUnit vector;
  DmaChannel dma_out;
  Host host;

 private:
  void connect_bus(const Scenario& scenario);
  void connect_scratchpads(const Scenario& scenario);
};

}  // namespace tram
