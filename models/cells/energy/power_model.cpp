#include "models/cells/energy/power_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

#include "models/cells/netlist/cell_states.hpp"

namespace tram {

EnergyShares& EnergyShares::operator+=(const EnergyShares& other) {
  internal += other.internal;
  switching += other.switching;
  leakage += other.leakage;
  return *this;
}

PowerModel::PowerModel(const MappedNetlist& netlist, const TimingOptions& options, PowerConvention convention)
    : netlist_(netlist), convention_(convention), timing_(static_timing(netlist, options)) {
  const double voltage = netlist.library().conditions.voltage;
  for (const EdgePair& load : timing_.load) {
    switching_.push_back(0.5 * std::max(load.rise, load.fall) * voltage * voltage);
  }
  is_external_clock_.assign(netlist.net_count(), false);
  for (const NetId net : netlist.clock_nets()) is_external_clock_[net] = netlist.is_input_port(net);
  for (uint32_t cell = 0; cell < netlist.cells().size(); ++cell) {
    for (const int pin : netlist.cells()[cell].type->output_pins) add_output(cell, pin);
    for (const int pin : netlist.cells()[cell].type->input_pins) add_input(cell, pin);
  }
  add_leakage();
}

void PowerModel::add_leakage() {
  std::unordered_map<const LibertyCell*, uint32_t> known;
  for (const MappedCell& cell : netlist_.cells()) {
    const auto [place, is_new] = known.emplace(cell.type, static_cast<uint32_t>(type_leakage_.size()));
    if (is_new) type_leakage_.push_back(leakage_by_state(*cell.type));
    leakage_index_.push_back(place->second);
  }
}

// (rise + fall) / 2 of an arc: each edge of the output with the slew of the input's edge that causes it.
double PowerModel::arc_energy(uint32_t index, int output, const InternalPower& power, int related) const {
  const MappedCell& cell = netlist_.cells()[index];
  const LibertyPin& pin = cell.type->pins[static_cast<size_t>(output)];
  const auto arc = std::find_if(pin.timing.begin(), pin.timing.end(),
                                [&](const TimingArc& candidate) { return candidate.related_pin == related; });
  EdgePair slew = timing_.slew[cell.pins[static_cast<size_t>(related)]];
  if (arc != pin.timing.end()) {
    if (arc->sense == TimingSense::negative_unate) std::swap(slew.rise, slew.fall);
    if (arc->kind == ArcKind::rising_edge) slew.fall = slew.rise;
    if (arc->kind == ArcKind::falling_edge) slew.rise = slew.fall;
  }
  const EdgePair& loads = timing_.load[cell.pins[static_cast<size_t>(output)]];
  const double load = std::max(loads.rise, loads.fall);
  return (power.rise.at(slew.rise, load) + power.fall.at(slew.fall, load)) / 2;
}

void PowerModel::add_output(uint32_t index, int pin) {
  const MappedCell& cell = netlist_.cells()[index];
  const LibertyPin& type = cell.type->pins[static_cast<size_t>(pin)];
  const NetId net = cell.pins[static_cast<size_t>(pin)];
  if (net == no_net) return;
  const bool is_state = cell.type->kind == CellKind::flip_flop;
  OutputPin output{index, net, &*type.function, is_state, {}};
  std::map<std::string, std::vector<Arc>> rails;
  for (const InternalPower& power : type.internal_power) {
    if (!cell.type->is_counted(power.pg_pin)) continue;
    for (const int related : power.related_pins) {
      if (is_state && related != cell.type->flip_flop->clock_pin()) continue;
      const auto& pins = type.function->pins;
      const auto variable = std::find(pins.begin(), pins.end(), related);
      const int position = variable == pins.end() ? -1 : static_cast<int>(variable - pins.begin());
      const double energy = arc_energy(index, pin, power, related);
      rails[power.pg_pin].push_back({position, cell.pins[static_cast<size_t>(related)], energy});
    }
  }
  for (auto& [name, arcs] : rails) output.rails.push_back(std::move(arcs));
  outputs_.push_back(std::move(output));
}

void PowerModel::add_input(uint32_t index, int pin) {
  const MappedCell& cell = netlist_.cells()[index];
  const LibertyCell& type = *cell.type;
  const NetId net = cell.pins[static_cast<size_t>(pin)];
  const EdgePair slew = timing_.slew[net];
  const bool is_flip_flop = type.kind == CellKind::flip_flop;
  StateValues energy(type);
  for (const InternalPower& power : type.pins[static_cast<size_t>(pin)].internal_power) {
    if (!power.related_pins.empty() || !type.is_counted(power.pg_pin)) continue;
    energy.add(power.pg_pin, power.when, (power.rise.at(slew.rise, 0) + power.fall.at(slew.fall, 0)) / 2);
  }
  if (energy.is_empty()) return;
  const bool is_added = convention_ == PowerConvention::opensta && !is_flip_flop;
  const bool is_clock = is_flip_flop && type.flip_flop->clock_pin() == pin;
  inputs_.push_back({index, net, is_clock, is_added ? energy.sum() : energy.with_default()});
}

double PowerModel::toggles(NetId net, const Activity& activity) const {
  if (net <= constant_one) return 0;
  return is_external_clock_[net] ? 2 * activity.cycles : activity.toggles[net];
}

// Energy of one toggle: of each rail the mean over its arcs, each weighed by how often its input changes the output.
double PowerModel::output_energy(const OutputPin& output, const Activity& activity) const {
  std::array<double, BooleanFunction::max_variables> duties{};
  const auto& pins = output.function->pins;
  const MappedCell& cell = netlist_.cells()[output.cell];
  for (size_t i = 0; i < pins.size(); ++i) {
    if (pins[i] >= 0) duties[i] = net_duty(netlist_, cell.pins[static_cast<size_t>(pins[i])], activity);
  }
  double energy = 0;
  for (const std::vector<Arc>& arcs : output.rails) {
    double weights = 0, weighted = 0, sum = 0;
    for (const Arc& arc : arcs) {
      double weight = toggles(arc.input, activity);
      if (arc.variable >= 0) weight *= output.function->function.sensitivity(static_cast<size_t>(arc.variable), duties);
      weights += weight;
      weighted += weight * arc.energy;
      sum += arc.energy;
    }
    energy += weights > 0 ? weighted / weights : sum / static_cast<double>(arcs.size());
  }
  return energy;
}

void PowerModel::check(const Activity& activity) const {
  if (activity.toggles.size() != netlist_.net_count() || activity.duty.size() != netlist_.net_count()) {
    throw std::invalid_argument(
        fmt::format("activity of {} nets for a netlist of {}", activity.toggles.size(), netlist_.net_count()));
  }
}

double PowerModel::leakage_of(uint32_t index, std::span<const double> states, const Activity& activity) const {
  const MappedCell& cell = netlist_.cells()[index];
  if (convention_ == PowerConvention::opensta && cell.type->kind == CellKind::combinational) {
    return independent_leakage(netlist_, index, activity);
  }
  return expectation(states, type_leakage_[leakage_index_[index]]);
}

EnergyReport PowerModel::energy(const Activity& activity) const {
  check(activity);
  EnergyReport report;
  report.cells.resize(netlist_.cells().size());
  for (const OutputPin& output : outputs_) {
    const double count = toggles(output.net, activity);
    if (count == 0) continue;
    report.cells[output.cell].internal += count * output_energy(output, activity);
    report.cells[output.cell].switching += count * switching_[output.net];
  }
  std::vector<std::vector<double>> states(netlist_.cells().size());
  for (uint32_t cell = 0; cell < states.size(); ++cell) {
    states[cell] = state_probabilities(netlist_, cell, activity);
    report.cells[cell].leakage = leakage_of(cell, states[cell], activity) * activity.time;
  }
  for (const InputPin& input : inputs_) {
    const double energy = toggles(input.net, activity) * expectation(states[input.cell], input.energy);
    (input.is_clock ? report.clock : report.cells[input.cell]).internal += energy;
  }
  for (const NetId net : netlist_.clock_nets()) {
    if (is_external_clock_[net]) report.clock.switching += toggles(net, activity) * switching_[net];
  }
  report.total = report.clock;
  for (uint32_t cell = 0; cell < report.cells.size(); ++cell) {
    report.parts[netlist_.cells()[cell].part] += report.cells[cell];
    report.total += report.cells[cell];
  }
  return report;
}

std::vector<double> PowerModel::net_energies(const Activity& activity) const {
  check(activity);
  std::vector<double> joule(netlist_.net_count(), 0);
  for (const OutputPin& output : outputs_) {
    joule[output.net] += output_energy(output, activity) + switching_[output.net];
  }
  std::vector<std::vector<double>> states(netlist_.cells().size());
  for (uint32_t cell = 0; cell < states.size(); ++cell) states[cell] = state_probabilities(netlist_, cell, activity);
  for (const InputPin& input : inputs_) joule[input.net] += expectation(states[input.cell], input.energy);
  for (const NetId net : netlist_.clock_nets()) {
    if (is_external_clock_[net]) joule[net] += switching_[net];
  }
  joule[constant_zero] = joule[constant_one] = 0;
  return joule;
}

double PowerModel::leakage_power(const Activity& activity) const {
  check(activity);
  double power = 0;
  for (uint32_t cell = 0; cell < leakage_index_.size(); ++cell) {
    power += leakage_of(cell, state_probabilities(netlist_, cell, activity), activity);
  }
  return power;
}

double input_capacitance(const MappedNetlist& netlist, std::string_view name) {
  const MappedPort* const port = netlist.find_port(name);
  if (port == nullptr || !port->is_input || port->bits.empty()) {
    throw std::invalid_argument(fmt::format("no input port '{}'", name));
  }
  double sum = 0;
  for (const NetId net : port->bits) {
    double rise = 0, fall = 0;
    for (const PinReference& pin : netlist.fanout(net)) {
      const LibertyPin& type = netlist.cells()[pin.cell].type->pins[pin.pin];
      rise += type.rise_capacitance;
      fall += type.fall_capacitance;
    }
    sum += std::max(rise, fall);
  }
  return sum / static_cast<double>(port->bits.size());
}

std::span<const NamedValue<PowerConvention>> names_of(PowerConvention) {
  static constexpr std::array<NamedValue<PowerConvention>, 2> names{
      {{PowerConvention::liberty, "liberty"}, {PowerConvention::opensta, "opensta"}}};
  return names;
}

}  // namespace tram
