#pragma once
#include <memory>
#include <vector>

#include "models/cells/energy/clock_gate.hpp"
#include "models/cells/energy/transition_energy.hpp"
#include "models/cells/liberty/liberty.hpp"
#include "models/cells/netlist/activity.hpp"
#include "rtl/pe_design.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

struct Scenario;

/// What a toggle of each net of a PE costs, the same for every engine: dynamic energy is linear in the toggles
/// (models/cells/energy/toggle_energy.hpp), at a reference activity of uniform random operands, so that a sum over PEs, folds
/// or tables is the energy of the sum.
///
/// The multiplier's share is that of its cells as a netlist of its own, with the PE's loads and slews
/// (multiplier_of): nets driven by its cells, and the input pins of its cells on the operand nets. What remains of the
/// PE's own energy of a net goes to the part that drives it (adder or registers); of a product net, to the registers.
struct PeEnergies {
  std::vector<double> multiplier, adder, registers;  ///< J a toggle, by net of the PE
  double clock = 0;                                  ///< J a PE and clock cycle, of a PE that is not gated
  double leakage_power = 0;                          ///< W a PE
  double critical_path = 0;                          ///< s

  // Of gated PEs:
  std::vector<double> ticks;    ///< J a tick, by clock of the contract: the pins behind its gate and their net
  ClockGateEnergy gate;         ///< of one clock gate
  double flip_flop = 0;         ///< J a tick of one flip-flop
  double gate_capacitance = 0;  ///< F of a gate's clock pin
};

/// What ticked in a gated array: by clock of the contract, in PEs; and in the parts that share gates
/// (gated_clocks.hpp).
struct ClockTicks {
  std::vector<double> pes;
  double enabled_parts = 0, loading_parts = 0;
  double part_clocks = 0;  ///< parts x clocks of the array: their own gates and the registers of their two enables
};

/// J of clock pins, gates and the clock nets between them; nothing above the gates.
double clock_energy(const PeEnergies& energies, const PeContract& contract, const ClockTicks& ticks);

/// The multiplier of a PE as a netlist with the ports a_i (weight), b_i (activation) and product_o.
struct PeMultiplier {
  std::shared_ptr<const MappedNetlist> netlist;
  std::vector<NetId> pe_net;  ///< by net of it: the PE's net
  TimingOptions timing;       ///< loads of its product, slews of its operands
};

PeMultiplier multiplier_of(const PeDesign& design, const Scenario& scenario);
PeEnergies pe_energies(const PeDesign& design, const PeMultiplier& multiplier, const Scenario& scenario);

/// Mean load, F, that a neighbour's input is to the output that drives it, whose own port is one pin of the wire.
double neighbour_load(const MappedNetlist& netlist, const MappedPort& input, double wire);

/// Loads, wires and slews of the PE in the array: its outputs drive the same inputs of its neighbours.
TimingOptions pe_timing(const PeDesign& design, const Scenario& scenario);

/// Activity of a netlist with flip-flops whose every input bit is uniform random in every clock.
Activity random_activity(const MappedNetlist& netlist);

}  // namespace tram
