#include "models/cells/energy/multiplier_power.hpp"

#include <fmt/format.h>

#include <numeric>

#include "models/cells/netlist/settled_activity.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

double sum_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

EnergyShares power_of(const EnergyShares& energy, double time) {
  return {energy.internal / time, energy.switching / time, energy.leakage / time};
}

}  // namespace

MultiplierPorts multiplier_ports(const MappedNetlist& netlist) {
  MultiplierPorts ports;
  int inputs = 0, outputs = 0;
  for (const MappedPort& port : netlist.ports()) {
    (port.is_input ? inputs : outputs)++;
    if (!port.is_input) ports.product = &port;
    if (port.is_input) (inputs == 1 ? ports.a : ports.b) = &port;
  }
  if (inputs != 2 || outputs != 1) {
    throw InputError(netlist.name(),
                     fmt::format("{} input and {} output ports; a multiplier has 2 and 1", inputs, outputs));
  }
  return ports;
}

MultiplierPower multiplier_power(const MappedNetlist& netlist, const OperandStimulus& stimulus,
                                 const MultiplierPowerOptions& options) {
  const MultiplierPorts ports = multiplier_ports(netlist);
  if (ports.a->bits.size() != static_cast<size_t>(stimulus.a_bits) ||
      ports.b->bits.size() != static_cast<size_t>(stimulus.b_bits)) {
    throw InputError(netlist.name(),
                     fmt::format("operands of {} and {} bits; the stimulus has {} and {}", ports.a->bits.size(),
                                 ports.b->bits.size(), stimulus.a_bits, stimulus.b_bits));
  }
  std::vector<NetId> inputs = ports.b->bits;
  inputs.insert(inputs.end(), ports.a->bits.begin(), ports.a->bits.end());
  const PowerModel model(netlist, options.timing, options.convention);
  const Activity settled = simulate_vectors(netlist, inputs, stimulus.vectors, options.period);
  const Activity activity =
      options.delays == DelayModel::zero
          ? settled
          : simulate_activity(netlist, options.delays, model.timing(), inputs, stimulus.vectors, options.period);
  const EnergyReport report = model.energy(activity);
  MultiplierPower power{.total = power_of(report.total, activity.time),
                        .cells = {},
                        .delays = options.delays,
                        .period = options.period,
                        .stimulus = stimulus.description};
  for (const EnergyShares& cell : report.cells) power.cells.push_back(power_of(cell, activity.time));
  power.toggles = sum_of(activity.toggles) / activity.cycles;
  power.zero_delay_toggles = sum_of(settled.toggles) / activity.cycles;
  return power;
}

}  // namespace tram
