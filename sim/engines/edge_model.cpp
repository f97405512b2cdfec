#include "sim/engines/edge_model.hpp"

#include <algorithm>
#include <string_view>

#include "models/cells/energy/power_model.hpp"
#include "models/cells/energy/toggle_energy.hpp"
#include "models/cells/timing/wires.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/pe_energies.hpp"

namespace tram {
namespace {

TimingOptions timing_of(const MappedNetlist& netlist, const Scenario& scenario) {
  TimingOptions options;
  options.wire_capacitance = wire_capacitance(netlist, scenario.technology.wire_f_used());
  options.input_slew = scenario.technology.input_slew_s;
  options.output_load = scenario.technology.output_load_f;
  return options;
}

std::span<const NetId> bits(const MappedNetlist& netlist, std::string_view port) {
  return netlist.find_port(port)->bits;
}

/// Energies of a part that is clocked through `gated`; what enters at `counted` is its own. `all`: of the
/// model, at random activity.
EdgeEnergies energies_of(const MappedNetlist& netlist, const PowerModel& model, const NetEnergies& all,
                         std::string_view gated, std::string_view counted, double slew) {
  EdgeEnergies energies;
  energies.joule.assign(netlist.net_count(), 0);
  for (NetId net = constant_one + 1; net < netlist.net_count(); ++net)
    if (netlist.driver(net).cell != no_cell) energies.joule[net] = all.joule[net];
  for (const NetId net : bits(netlist, counted)) energies.joule[net] = all.joule[net] + model.switching_energy(net);
  energies.leakage = all.leakage_power;
  const NetId clock = bits(netlist, gated)[0];
  energies.tick = 2 * all.joule[clock];
  for (const NetId net : netlist.clock_nets())
    if (net != clock) energies.free_tick += 2 * all.joule[net];
  if (const std::optional<ClockGate> gate = clock_gate_of(netlist.library())) {
    energies.has_gate = true;
    energies.gate = energy_of(*gate, netlist.library(), slew, model.timing().load[clock].rise);
  }
  return energies;
}

EdgePart<AccumulatorDesign> accumulator(AccumulatorDesign design, const Scenario& scenario, double& critical_path) {
  const PowerModel model(design.netlist, timing_of(design.netlist, scenario));
  critical_path = std::max(critical_path, model.timing().critical_path);
  const NetEnergies all = toggle_energies(model, random_activity(design.netlist));
  EdgeEnergies energies =
      energies_of(design.netlist, model, all, "sum_clk_i", "stored_i", scenario.technology.input_slew_s);
  return {std::move(design), std::move(energies)};
}

/// A link drives the next one.
EdgePart<ActivationSumDesign> link(ActivationSumDesign design, const Scenario& scenario, double& critical_path) {
  TimingOptions timing = timing_of(design.netlist, scenario);
  timing.port_loads["sum_o"] =
      neighbour_load(design.netlist, *design.netlist.find_port("sum_i"), timing.wire_capacitance) + timing.output_load;
  const PowerModel model(design.netlist, timing);
  critical_path = std::max(critical_path, model.timing().critical_path);
  const NetEnergies all = toggle_energies(model, random_activity(design.netlist));
  EdgeEnergies energies =
      energies_of(design.netlist, model, all, "clk_i", "activation_i", scenario.technology.input_slew_s);
  const auto enters = bits(design.netlist, "sum_i"), leaves = bits(design.netlist, "sum_o");
  for (size_t i = 0; i < enters.size(); ++i) energies.joule[leaves[i]] += all.joule[enters[i]];
  return {std::move(design), std::move(energies)};
}

/// "Activation" is what streams through the PE.
int activation_bits(const PeDesign& pe, const Scenario& scenario) {
  return pe.contract[scenario.array.holds_activations() ? Operand::weight : Operand::activation].bits();
}

}  // namespace

EdgeModel::EdgeModel(const PeDesign& pe, const Scenario& scenario)
    : column(accumulator(map_accumulator(pe.psum_planes, pe.product_lsb, pe.is_signed, pe.netlist.shared_library()),
                         scenario, critical_path)),
      link(tram::link(map_activation_sum(activation_bits(pe, scenario), scenario.array.rows,
                                         is_signed(scenario.quantise.codes), pe.netlist.shared_library()),
                      scenario, critical_path)),
      of_activations(accumulator(
          map_accumulator(link.design.sum_bits, 0, is_signed(scenario.quantise.codes), pe.netlist.shared_library()),
          scenario, critical_path)) {}

}  // namespace tram
