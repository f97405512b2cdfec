#include "sim/engines/pe_energies.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

#include "models/cells/energy/power_model.hpp"
#include "models/cells/energy/toggle_energy.hpp"
#include "models/cells/netlist/lane_simulation.hpp"
#include "models/cells/timing/wires.hpp"
#include "models/support/error.hpp"
#include "sim/config/scenario.hpp"
#include "sim/engines/gated_clocks.hpp"

namespace tram {
namespace {

constexpr char multiplier_part[] = "multiplier";

double worst_slew(const PowerModel& model, const std::vector<NetId>& nets) {
  double worst = 0;
  for (const NetId net : nets) worst = std::max({worst, model.timing().slew[net].rise, model.timing().slew[net].fall});
  return worst;
}

/// Copies the multiplier's cells into a netlist of their own.
class Extraction {
 public:
  explicit Extraction(const PeDesign& design)
      : pe_(design.netlist), contract_(design.contract), local_(pe_.net_count(), no_net) {
    result_.pe_net = {constant_zero, constant_one};
    names_ = {pe_.net_name(constant_zero), pe_.net_name(constant_one)};
    local_[constant_zero] = constant_zero;
    local_[constant_one] = constant_one;
  }

  PeMultiplier run(const TimingOptions& timing) {
    wire_capacitance_ = timing.wire_capacitance;
    MappedPort a{"a_i", true, add_all(contract_.weight_factor())},
        b{"b_i", true, add_all(contract_.outputs({Operand::activation}))};
    std::vector<MappedCell> cells;
    for (const MappedCell& cell : pe_.cells()) {
      if (cell.part != multiplier_part) continue;
      cells.push_back(cell);
      for (NetId& net : cells.back().pins) net = net == no_net ? no_net : add(net);
    }
    MappedPort product{"product_o", false, {}};
    double load = 0;
    for (NetId net = 0; net < result_.pe_net.size(); ++net) {
      const NetId pe_net = result_.pe_net[net];
      if (!is_driven_inside(pe_net) || outside_load(pe_net) == 0) continue;
      product.bits.push_back(net);
      load += outside_load(pe_net);
    }
    result_.timing = timing;
    result_.timing.port_loads = {{"product_o", product.bits.empty() ? 0 : load / double(product.bits.size())}};
    result_.netlist =
        std::make_shared<const MappedNetlist>(pe_.shared_library(), "multiplier", std::move(names_), std::move(cells),
                                              std::vector{a, b, product}, "multiplier of the PE");
    return std::move(result_);
  }

 private:
  std::vector<NetId> add_all(const std::vector<NetId>& nets) {
    std::vector<NetId> local;
    for (const NetId net : nets) local.push_back(add(net));
    return local;
  }

  NetId add(NetId net) {
    if (local_[net] != no_net) return local_[net];
    local_[net] = static_cast<NetId>(names_.size());
    names_.push_back(pe_.net_name(net));
    result_.pe_net.push_back(net);
    return local_[net];
  }

  bool is_driven_inside(NetId net) const {
    const PinReference driver = pe_.driver(net);
    return driver.cell != no_cell && pe_.cells()[driver.cell].part == multiplier_part;
  }

  /// Capacitance of the pins outside of the multiplier on a net, and of the wire between them.
  double outside_load(NetId net) const {
    double load = 0;
    int pins = 0;
    for (const PinReference& pin : pe_.fanout(net)) {
      const MappedCell& cell = pe_.cells()[pin.cell];
      if (cell.part == multiplier_part) continue;
      load += std::max(cell.type->pins[pin.pin].rise_capacitance, cell.type->pins[pin.pin].fall_capacitance);
      ++pins;
    }
    return pins > 0 ? load + wire_capacitance_ * (pins - 1) : 0;  // its port is a pin already
  }

  const MappedNetlist& pe_;
  const PeContract& contract_;
  double wire_capacitance_ = 0;
  std::vector<NetId> local_;  // by net of the PE
  std::vector<std::string> names_;
  PeMultiplier result_;
};

/// Clock gates in a PE, and its share of those that it has in common with others.
double gates_of_pe(const PeContract& contract) {
  return static_cast<double>(std::ranges::count(contract.clocks, PeClock::Gate::operand, &PeClock::gate)) +
         2.0 / GatedClocks::block_rows;
}

void add_gates(const PeDesign& design, const PowerModel& model, const Scenario& scenario,
               const std::vector<double>& joule, PeEnergies& energies) {
  const Library& library = design.netlist.library();
  const std::optional<ClockGate> gate = clock_gate_of(library);
  if (!gate)
    throw InputError(library.files[0].path.string(),
                     "library has neither a clock-gating cell nor a 2-input OR; array.gating needs one of them");
  double load = 0;
  for (const PeClock& clock : design.contract.clocks) {
    energies.ticks.push_back(2 * joule[clock.net]);
    load = std::max(load, model.timing().load[clock.net].rise);
  }
  energies.gate = energy_of(*gate, library, scenario.technology.input_slew_s, load);
  energies.gate_capacitance = gate->cell->pins[static_cast<size_t>(gate->pins.clock)].rise_capacitance;
  const double pins = static_cast<double>(design.netlist.fanout(design.contract.clock).size());
  energies.flip_flop = pins > 0 ? energies.ticks[0] / pins : 0;
  for (const PeClock& clock :
       design.contract.clocks)  // enable pins on the bit's net, which the neighbour has or the PE
    if (clock.gate == PeClock::Gate::operand)
      energies.registers[design.contract[clock.operand].output.bits[0]] += energies.gate.enable;
  energies.leakage_power += gates_of_pe(design.contract) * energies.gate.leakage;
}

}  // namespace

Activity random_activity(const MappedNetlist& netlist) {
  LaneSelection selection;
  for (const MappedPort& port : netlist.ports())
    if (port.is_input)
      std::ranges::copy_if(port.bits, std::back_inserter(selection.given),
                           [](NetId net) { return net > constant_one; });
  selection.given_states = selection.next_states = netlist.flip_flops();
  for (NetId net = constant_one + 1; net < netlist.net_count(); ++net)
    if (netlist.driver(net).cell != no_cell || netlist.is_input_port(net)) selection.targets.push_back(net);
  LaneSimulation simulation(netlist, selection);
  simulation.resize(1);
  std::mt19937_64 random(1);
  Activity activity;
  activity.toggles.assign(netlist.net_count(), 0);
  activity.duty.assign(netlist.net_count(), 0);
  activity.duty[constant_one] = 1;
  constexpr int clocks = 256, warm_up = 4;
  std::vector<uint64_t> last(selection.targets.size(), 0), states(netlist.flip_flops().size(), 0);
  for (int clock = 0; clock < clocks + warm_up; ++clock) {
    for (size_t i = 0; i < selection.given.size(); ++i) simulation.given(i)[0] = random();
    for (size_t i = 0; i < states.size(); ++i) simulation.given_state(i)[0] = states[i];
    simulation.run();
    for (size_t i = 0; i < last.size(); ++i) {
      const uint64_t before = std::exchange(last[i], simulation.target(i)[0]);
      if (clock < warm_up) continue;
      activity.toggles[selection.targets[i]] += std::popcount(last[i] ^ before);
      activity.duty[selection.targets[i]] += std::popcount(last[i]) / (64.0 * clocks);
    }
    for (size_t i = 0; i < states.size(); ++i) states[i] = simulation.next_state(i)[0];
  }
  activity.cycles = 64.0 * clocks;
  return activity;
}

PeMultiplier multiplier_of(const PeDesign& design, const Scenario& scenario) {
  const MappedNetlist& pe = design.netlist;
  const TimingOptions of_pe = pe_timing(design, scenario);
  const PowerModel model(pe, of_pe);
  TimingOptions timing;
  timing.wire_capacitance = of_pe.wire_capacitance;
  timing.input_slew = worst_slew(model, design.contract.factors());
  return Extraction(design).run(timing);
}

PeEnergies pe_energies(const PeDesign& design, const PeMultiplier& multiplier, const Scenario& scenario) {
  const MappedNetlist& pe = design.netlist;
  const PowerModel model(pe, pe_timing(design, scenario));
  const Activity activity = random_activity(pe);
  const NetEnergies all = toggle_energies(model, activity);
  const NetEnergies inner = toggle_energies(*multiplier.netlist, multiplier.timing);

  PeEnergies energies;
  energies.multiplier.assign(pe.net_count(), 0);
  energies.adder = energies.registers = energies.multiplier;
  for (NetId net = 0; net < multiplier.pe_net.size(); ++net)
    energies.multiplier[multiplier.pe_net[net]] = inner.joule[net];
  const auto is_multiplier = [&](uint32_t cell) { return pe.cells()[cell].part == multiplier_part; };
  for (NetId net = constant_one + 1; net < pe.net_count(); ++net) {
    const PinReference driver = pe.driver(net);
    if (driver.cell == no_cell) continue;
    const auto reads_inside = [&](const PinReference& pin) { return is_multiplier(pin.cell); };
    if (is_multiplier(driver.cell) && std::ranges::all_of(pe.fanout(net), reads_inside)) continue;
    const bool is_adder = pe.cells()[driver.cell].part == "adder";
    (is_adder ? energies.adder : energies.registers)[net] = all.joule[net] - energies.multiplier[net];
  }
  for (const OperandPorts& operand : design.contract.operands)  // pins that the neighbour has on its input
    for (size_t i = 0; i < operand.input.bits.size(); ++i)
      energies.registers[operand.output.bits[i]] += all.joule[operand.input.bits[i]];
  const EnergyReport report = model.energy(activity);
  energies.clock = (report.clock.internal + report.clock.switching) / activity.cycles;
  energies.leakage_power = all.leakage_power;
  energies.critical_path = model.timing().critical_path;
  if (design.contract.is_gated()) add_gates(design, model, scenario, all.joule, energies);
  return energies;
}

double clock_energy(const PeEnergies& energies, const PeContract& contract, const ClockTicks& ticks) {
  const double passed = energies.gate.passed - energies.gate.stopped;
  const int flip_flops = contract.has(Operand::swap) ? 2 : 1;  // of a part's enables, those that move on
  double joule = (ticks.enabled_parts + ticks.loading_parts) * passed +
                 ticks.part_clocks * (2 * energies.gate.stopped + flip_flops * energies.flip_flop);
  for (size_t i = 0; i < contract.clocks.size(); ++i) {
    joule += ticks.pes[i] * energies.ticks[i];
    if (contract.clocks[i].gate == PeClock::Gate::operand)
      joule += ticks.pes[0] * energies.gate.stopped + ticks.pes[i] * passed;
  }
  return joule;
}

double neighbour_load(const MappedNetlist& netlist, const MappedPort& input, double wire) {
  double pins = 0;
  for (const NetId net : input.bits) pins += static_cast<double>(netlist.fanout(net).size());
  const double mean = input.bits.empty() ? 0 : pins / static_cast<double>(input.bits.size());
  return input_capacitance(netlist, input.name) + wire * std::max(mean - 1, 0.0);
}

TimingOptions pe_timing(const PeDesign& design, const Scenario& scenario) {
  TimingOptions options;
  options.input_slew = scenario.technology.input_slew_s;
  options.wire_capacitance = wire_capacitance(design.netlist, scenario.technology.wire_f_used());
  for (const OperandPorts& operand : design.contract.operands)
    options.port_loads[operand.output.name] =
        neighbour_load(design.netlist, operand.input, options.wire_capacitance) + scenario.technology.output_load_f;
  return options;
}

}  // namespace tram
