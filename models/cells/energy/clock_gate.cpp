#include "models/cells/energy/clock_gate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace tram {
namespace {

/// Index of the cell's pins, by number: their values before an edge.
using PinValues = std::vector<bool>;

bool holds(const PinFunction& when, const PinValues& values) {
  std::vector<uint64_t> operands;
  for (const int pin : when.pins) operands.push_back(pin >= 0 && values[static_cast<size_t>(pin)] ? ~uint64_t{0} : 0);
  return (when.function.evaluate(operands) & 1) != 0;
}

/// Energy of an edge of a pin with this related pin (-1: none): of each rail the groups that hold, else the one without
/// `when`.
double internal_energy(const LibertyCell& cell, int pin, int related, const PinValues& values, bool rising, double slew,
                       double load) {
  struct Rail {
    double sum = 0, otherwise = 0;
    bool is_covered = false;
  };
  std::map<std::string, Rail> rails;
  for (const InternalPower& power : cell.pins[static_cast<size_t>(pin)].internal_power) {
    const bool is_related = related < 0 ? power.related_pins.empty()
                                        : std::ranges::find(power.related_pins, related) != power.related_pins.end();
    if (!is_related || !cell.is_counted(power.pg_pin) || (power.when && !holds(*power.when, values))) continue;
    Rail& rail = rails[power.pg_pin];
    const double joule = (rising ? power.rise : power.fall).at(slew, load);
    if (power.when) rail.sum += joule, rail.is_covered = true;
    else rail.otherwise += joule;
  }
  double energy = 0;
  for (const auto& [name, rail] : rails) energy += rail.is_covered ? rail.sum : rail.otherwise;
  return energy;
}

double capacitance(const LibertyPin& pin) { return std::max(pin.rise_capacitance, pin.fall_capacitance); }

/// The smallest combinational cell of so many inputs, one output and this truth table.
const LibertyCell* smallest(const Library& library, size_t inputs, uint64_t table) {
  const LibertyCell* best = nullptr;
  for (const LibertyCell& cell : library.cells) {
    if (cell.kind != CellKind::combinational || cell.dont_use || cell.input_pins.size() != inputs ||
        cell.output_pins.size() != 1)
      continue;
    const BooleanFunction& function = cell.pins[static_cast<size_t>(cell.output_pins[0])].function->function;
    if (function.variables().size() != inputs || function.truth_table()[0] != table) continue;
    if (best == nullptr || cell.area < best->area) best = &cell;
  }
  return best;
}

class Pricing {
 public:
  Pricing(const ClockGate& gate, double voltage, double slew, double load)
      : gate_(gate), voltage_(voltage), slew_(slew), load_(load) {}

  double stopped() const {
    const bool rest = gate_.inverter != nullptr;  // the output of an OR rests at 1
    const double pin = clock_pin(true, values(false, false, rest)) + clock_pin(false, values(false, true, rest));
    return pin + wire();
  }

  double passed() const {
    const PinValues low = values(true, false, false), high = values(true, true, true);
    return clock_pin(true, low) + clock_pin(false, high) + output(true, low) + output(false, high) + wire();
  }

  /// Mean of a rise and a fall while the clock is 1, as the enable comes from registers.
  double enable() const {
    double energy = pin_energy(*gate_.cell, gate_.pins.enable);
    if (gate_.inverter != nullptr) {
      const LibertyCell& inverter = *gate_.inverter;
      const int in = inverter.input_pins[0], out = inverter.output_pins[0];
      const double load = capacitance(gate_.cell->pins[static_cast<size_t>(gate_.pins.enable)]);
      energy += pin_energy(inverter, in);
      const PinValues none(inverter.pins.size(), false);
      for (const bool rising : {false, true})
        energy += internal_energy(inverter, out, in, none, rising, slew_, load) / 2;
    }
    return energy;
  }

 private:
  PinValues values(bool enabled, bool clock, bool output) const {
    PinValues all(gate_.cell->pins.size(), false);
    all[static_cast<size_t>(gate_.pins.clock)] = clock;
    all[static_cast<size_t>(gate_.pins.enable)] = enabled != (gate_.inverter != nullptr);
    all[static_cast<size_t>(gate_.pins.output)] = output;
    for (const int pin : gate_.pins.internal) all[static_cast<size_t>(pin)] = enabled;
    return all;
  }
  double clock_pin(bool rising, const PinValues& before) const {
    return internal_energy(*gate_.cell, gate_.pins.clock, -1, before, rising, slew_, 0);
  }
  double output(bool rising, const PinValues& before) const {
    return internal_energy(*gate_.cell, gate_.pins.output, gate_.pins.clock, before, rising, slew_, load_);
  }
  double wire() const {
    return capacitance(gate_.cell->pins[static_cast<size_t>(gate_.pins.clock)]) * voltage_ * voltage_;
  }
  /// An input's edge, its own 1/2 C V^2 included.
  double pin_energy(const LibertyCell& cell, int pin) const {
    PinValues before(cell.pins.size(), false);
    if (&cell == gate_.cell) before = values(false, true, gate_.inverter != nullptr);
    double energy = 0.5 * capacitance(cell.pins[static_cast<size_t>(pin)]) * voltage_ * voltage_;
    for (const bool rising : {false, true}) energy += internal_energy(cell, pin, -1, before, rising, slew_, 0) / 2;
    return energy;
  }

  const ClockGate& gate_;
  double voltage_, slew_, load_;
};

/// Mean over the groups of each rail, else cell_leakage_power.
double mean_leakage(const LibertyCell& cell) {
  std::map<std::string, std::pair<double, int>> rails;
  for (const LeakageState& state : cell.leakage) {
    if (!state.when || !cell.is_counted(state.pg_pin)) continue;
    auto& [sum, count] = rails[state.pg_pin];
    sum += state.power;
    ++count;
  }
  double power = rails.empty() ? cell.cell_leakage_power.value_or(0) : 0;
  for (const auto& [rail, states] : rails) power += states.first / states.second;
  return power;
}

}  // namespace

std::optional<ClockGate> clock_gate_of(const Library& library) {
  ClockGate best;
  for (const LibertyCell& cell : library.cells)
    if (cell.clock_gate && (best.cell == nullptr || cell.area < best.cell->area))
      best = {&cell, *cell.clock_gate, nullptr};
  if (best.cell != nullptr) return best;
  best.cell = smallest(library, 2, 0b1110);
  best.inverter = smallest(library, 1, 0b01);
  if (best.cell == nullptr || best.inverter == nullptr) return std::nullopt;
  best.pins.clock = best.cell->input_pins[0];
  best.pins.enable = best.cell->input_pins[1];
  best.pins.output = best.cell->output_pins[0];
  return best;
}

double clock_tree_estimate(const Library& library, double sinks, double sink_capacitance, double slew) {
  const LibertyCell* const buffer = smallest(library, 1, 0b10);
  if (buffer == nullptr) return 0;
  const int in = buffer->input_pins[0], out = buffer->output_pins[0];
  const double pin = capacitance(buffer->pins[static_cast<size_t>(in)]), voltage = library.conditions.voltage;
  double joule = 0, load = tree_fanout * sink_capacitance;
  for (double buffers = sinks / tree_fanout; buffers > 0; buffers = buffers > 1 ? buffers / tree_fanout : 0) {
    double energy = pin * voltage * voltage;
    const PinValues none(buffer->pins.size(), false);
    for (const bool rising : {false, true}) energy += internal_energy(*buffer, out, in, none, rising, slew, load);
    joule += std::ceil(buffers) * energy;
    load = tree_fanout * pin;
  }
  return joule;
}

ClockGateEnergy energy_of(const ClockGate& gate, const Library& library, double slew, double load) {
  const Pricing pricing(gate, library.conditions.voltage, slew, load);
  ClockGateEnergy energy{pricing.stopped(), pricing.passed(), pricing.enable(), mean_leakage(*gate.cell),
                         gate.cell->area};
  if (gate.inverter != nullptr) {
    energy.leakage += mean_leakage(*gate.inverter);
    energy.area += gate.inverter->area;
  }
  return energy;
}

}  // namespace tram
