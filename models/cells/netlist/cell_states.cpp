#include "models/cells/netlist/cell_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr size_t max_state_bits = 16;

// The value of a function of pins and state, in the state given.
bool value_in(const LibertyCell& type, const PinFunction& function, size_t state) {
  std::array<uint64_t, BooleanFunction::max_variables> values{};
  const size_t inputs = type.input_pins.size();
  for (size_t i = 0; i < function.pins.size(); ++i) {
    const int pin = function.pins[i];
    if (pin < 0) {
      values[i] = (state >> inputs & 1) ^ (pin == PinFunction::inverted_state);
      continue;
    }
    const auto input = std::find(type.input_pins.begin(), type.input_pins.end(), pin);
    if (input != type.input_pins.end()) {
      values[i] = state >> (input - type.input_pins.begin()) & 1;
    } else {
      values[i] = value_in(type, *type.pins[static_cast<size_t>(pin)].function, state);
    }
  }
  return function.function.evaluate({values.data(), function.pins.size()}) & 1;
}

struct StateStatistics {
  double duty = 0.5;         // P(state = 1)
  double toggle_rate = 0.5;  // changes a cycle
};

// State statistics of a flip-flop, from the first of its outputs that is connected.
StateStatistics statistics_of(const MappedNetlist& netlist, uint32_t index, const Activity& activity) {
  const MappedCell& cell = netlist.cells()[index];
  for (const int pin : cell.type->output_pins) {
    const NetId net = cell.pins[static_cast<size_t>(pin)];
    if (net == no_net || activity.cycles <= 0) continue;
    const PinFunction& function = *cell.type->pins[static_cast<size_t>(pin)].function;
    const size_t inputs = cell.type->input_pins.size();
    const bool inverted = !value_in(*cell.type, function, size_t{1} << inputs);
    const double duty = activity.duty[net];
    return {inverted ? 1 - duty : duty, std::min(1.0, activity.toggles[net] / activity.cycles)};
  }
  return {};
}

// P(next_state = row, state = column), from the marginals and P(next != state); clamped to what is possible.
std::array<std::array<double, 2>, 2> joint(double next, const StateStatistics& state) {
  const double t = state.toggle_rate, q = state.duty;
  const double both = std::max(0.0, (next + q - t) / 2), up = std::max(0.0, (next - q + t) / 2);
  const double down = std::max(0.0, (q - next + t) / 2), none = std::max(0.0, 1 - (next + q + t) / 2);
  const double sum = both + up + down + none;
  return {{{none / sum, down / sum}, {up / sum, both / sum}}};
}

}  // namespace

size_t state_bits(const LibertyCell& type) {
  const size_t bits = type.input_pins.size() + (type.kind == CellKind::flip_flop ? 1 : 0);
  if (bits > max_state_bits) {
    throw InputError(type.name, fmt::format("cell with {} inputs; at most {} are supported", bits, max_state_bits));
  }
  return bits;
}

void StateValues::add(const std::string& rail, const std::optional<PinFunction>& when, double value) {
  Rail& own = rails_[rail];
  if (own.values.empty()) {
    own.values.assign(size_t{1} << state_bits(type_), 0.0);
    own.is_covered.assign(own.values.size(), false);
  }
  if (!when) {
    own.otherwise = value;
    return;
  }
  for (size_t state = 0; state < own.values.size(); ++state) {
    if (!value_in(type_, *when, state)) continue;
    own.values[state] += value;
    own.is_covered[state] = true;
  }
}

std::vector<double> StateValues::with_default(double otherwise) const {
  std::vector<double> values(size_t{1} << state_bits(type_), 0.0);
  for (size_t state = 0; state < values.size(); ++state) {
    bool is_given = false;
    for (const auto& [name, rail] : rails_) {
      if (!rail.is_covered[state] && !rail.otherwise) continue;
      values[state] += rail.is_covered[state] ? rail.values[state] : *rail.otherwise;
      is_given = true;
    }
    if (!is_given) values[state] = otherwise;
  }
  return values;
}

std::vector<double> StateValues::sum() const {
  std::vector<double> values(size_t{1} << state_bits(type_), 0.0);
  for (const auto& [name, rail] : rails_) {
    const double everywhere = rail.otherwise.value_or(0);
    for (size_t state = 0; state < values.size(); ++state) values[state] += rail.values[state] + everywhere;
  }
  return values;
}

std::vector<double> leakage_by_state(const LibertyCell& type) {
  StateValues leakage(type);
  double otherwise = type.cell_leakage_power.value_or(0);
  for (const LeakageState& group : type.leakage) {
    if (!type.is_counted(group.pg_pin)) continue;
    if (group.pg_pin.empty() && !group.when) otherwise = group.power;
    else leakage.add(group.pg_pin, group.when, group.power);
  }
  std::vector<double> values = leakage.with_default(otherwise);
  for (double& value : values) value = std::max(value, 0.0);
  return values;
}

double independent_leakage(const MappedNetlist& netlist, uint32_t index, const Activity& activity) {
  const MappedCell& cell = netlist.cells()[index];
  struct Rail {
    double conditional = 0, covered = 0, unconditional = 0;
    bool has_conditional = false;
  };
  std::map<std::string, Rail> rails;
  for (const LeakageState& group : cell.type->leakage) {
    if (!cell.type->is_counted(group.pg_pin)) continue;
    Rail& rail = rails[group.pg_pin];
    if (!group.when) {
      rail.unconditional = group.power;
      continue;
    }
    std::vector<double> duties;
    for (const int pin : group.when->pins) {
      const NetId net = cell.pins[static_cast<size_t>(pin)];
      duties.push_back(net == no_net ? 0 : net_duty(netlist, net, activity));
    }
    const double probability = group.when->function.probability(duties);
    rail.conditional += probability * group.power;
    rail.covered += probability;
    rail.has_conditional = true;
  }
  const double cell_leakage = cell.type->cell_leakage_power.value_or(0);
  if (rails.empty()) return cell_leakage;
  double sum = 0;
  for (const auto& [name, rail] : rails) {
    const double rest = std::max(0.0, 1 - rail.covered);
    sum += rail.has_conditional ? rail.conditional + cell_leakage * rest : rail.unconditional;
  }
  return std::max(sum, 0.0);
}

double net_duty(const MappedNetlist& netlist, NetId net, const Activity& activity) {
  if (net <= constant_one) return net == constant_one ? 1 : 0;
  const auto& clocks = netlist.clock_nets();
  return std::binary_search(clocks.begin(), clocks.end(), net) ? 0.5 : activity.duty[net];
}

std::vector<double> state_probabilities(const MappedNetlist& netlist, uint32_t index, const Activity& activity) {
  const MappedCell& cell = netlist.cells()[index];
  std::vector<double> duties;
  for (const int pin : cell.type->input_pins) {
    duties.push_back(net_duty(netlist, cell.pins[static_cast<size_t>(pin)], activity));
  }
  std::vector<double> inputs = case_probabilities(duties);
  if (cell.type->kind != CellKind::flip_flop) return inputs;

  const size_t half = inputs.size();
  std::vector<double> states(2 * half);
  const StateStatistics statistics = statistics_of(netlist, index, activity);
  // next_state may itself depend on the state (an enable): next and its probability for either state.
  std::array<double, 2> next_one{};
  for (size_t i = 0; i < 2 * half; ++i) {
    if (value_in(*cell.type, cell.type->flip_flop->next_state, i)) next_one[i >= half] += inputs[i % half];
  }
  const double next = next_one[0] * (1 - statistics.duty) + next_one[1] * statistics.duty;
  const auto pair = joint(next, statistics);
  double sum = 0;
  for (size_t i = 0; i < 2 * half; ++i) {
    const bool state = i >= half, value = value_in(*cell.type, cell.type->flip_flop->next_state, i);
    const double given = value ? next_one[state] : 1 - next_one[state];
    states[i] = given > 0 ? inputs[i % half] / given * pair[value][state] : 0;
    sum += states[i];
  }
  for (double& probability : states) probability /= sum;
  return states;
}

double expectation(std::span<const double> probabilities, std::span<const double> values) {
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) sum += probabilities[i] * values[i];
  return sum;
}

}  // namespace tram
