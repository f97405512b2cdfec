#include "models/cells/liberty/liberty_cell_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/support/error.hpp"
#include "models/support/text.hpp"

namespace tram {
namespace {

bool has_group(const LibertyGroup& group, std::initializer_list<std::string_view> types) {
  return std::any_of(group.groups.begin(), group.groups.end(), [&](const LibertyGroup& child) {
    return std::find(types.begin(), types.end(), child.type) != types.end();
  });
}

bool is_true(const LibertyGroup& group, std::string_view attribute) {
  const LibertyAttribute* const found = group.find(attribute);
  return found != nullptr && !found->values.empty() && (found->values[0] == "true" || found->values[0] == "TRUE");
}

// Cells that are never used, whatever their pins: several bits, latches, tables of states, clock gates, macros.
bool is_opaque(const LibertyGroup& group) {
  return has_group(group, {"latch", "latch_bank", "ff_bank", "statetable", "bus", "bundle"}) ||
         group.find("clock_gating_integrated_cell") != nullptr || is_true(group, "is_macro_cell");
}

bool is_never_mapped(const LibertyGroup& group) {
  for (const std::string_view mark : {"dont_use", "is_isolation_cell", "is_level_shifter", "pad_cell"}) {
    if (is_true(group, mark)) return true;
  }
  return std::any_of(group.groups.begin(), group.groups.end(),
                     [](const LibertyGroup& child) { return child.type == "pin" && is_true(child, "is_pad"); });
}

ArcKind arc_kind(std::string_view timing_type) {
  if (timing_type.empty() || timing_type.starts_with("combinational")) return ArcKind::combinational;
  if (timing_type == "rising_edge") return ArcKind::rising_edge;
  if (timing_type == "falling_edge") return ArcKind::falling_edge;
  if (timing_type == "clear" || timing_type == "preset") return ArcKind::asynchronous;
  if (timing_type == "setup_rising" || timing_type == "setup_falling") return ArcKind::setup;
  return ArcKind::other;
}

}  // namespace

LibertyCell LibertyCellReader::read(const LibertyGroup& group) {
  cell_ = {};
  without_capacitance_ = nullptr;
  cell_.line = group.line;
  read_name(group);
  cell_.area = number(group, "area", 1).value_or(0);
  cell_.cell_leakage_power = number(group, "cell_leakage_power", header_.units.leakage);
  cell_.dont_use = is_never_mapped(group);
  cell_.is_test_cell = has_group(group, {"test_cell"});
  try {
    read_pins(group);
  } catch (const InputError&) {
    if (!is_opaque(group)) throw;
  }
  classify(group);
  read_clock_gate(group);
  if (cell_.kind == CellKind::other) return std::move(cell_);
  if (cell_.kind == CellKind::flip_flop) read_flip_flop(*group.find_group("ff"));
  read_functions(group);
  read_leakage(group);
  read_pin_models(group);
  read_supply(group);
  check_delays();
  return std::move(cell_);
}

// A name without blanks, as it becomes an identifier of Verilog.
void LibertyCellReader::read_name(const LibertyGroup& group) {
  const bool is_named = group.arguments.size() == 1 && !group.arguments[0].empty() &&
                        group.arguments[0].find_first_of(" \t\r\n\"\\") == std::string_view::npos;
  if (!is_named) throw InputError(file_, group.line, "cell without a name; cell (name) is expected");
  cell_.name = group.arguments[0];
}

std::string LibertyCellReader::where(long line) const { return fmt::format("{}:{}", file_, line); }

std::string_view LibertyCellReader::text(const LibertyAttribute& attribute) const {
  if (attribute.values.size() != 1) {
    throw InputError(file_, attribute.line,
                     fmt::format("{} has {} values; one is expected", attribute.name, attribute.values.size()));
  }
  return attribute.values[0];
}

std::optional<double> LibertyCellReader::number(const LibertyGroup& group, std::string_view name, double unit) const {
  const LibertyAttribute* const attribute = group.find(name);
  if (attribute == nullptr) return std::nullopt;
  return liberty_number(text(*attribute), file_, attribute->line) * unit;
}

double LibertyCellReader::default_number(std::string_view attribute, double unit) const {
  return number(library_group_, attribute, unit).value_or(0);
}

void LibertyCellReader::read_pins(const LibertyGroup& group) {
  for (const LibertyGroup& child : group.groups) {
    if (child.type == "pin") {
      if (child.arguments.empty()) throw InputError(file_, child.line, "pin without a name; pin (name) is expected");
      for (const std::string_view name : child.arguments) add_pin(child, name);
    } else if (child.type == "pg_pin" && child.arguments.size() == 1) {
      add_power_pin(child);
    }
  }
}

void LibertyCellReader::add_power_pin(const LibertyGroup& group) {
  PowerPin pin;
  pin.name = group.arguments[0];
  if (const LibertyAttribute* const type = group.find("pg_type")) pin.type = text(*type);
  const LibertyAttribute* const name = group.find("voltage_name");
  const auto voltage = header_.voltages.find(name == nullptr ? std::string_view(pin.name) : text(*name));
  if (voltage != header_.voltages.end()) pin.voltage = voltage->second;
  pin.is_ground = pin.type.ends_with("ground") || (pin.type.empty() && pin.voltage == 0.0);
  cell_.power_pins.push_back(std::move(pin));
}

void LibertyCellReader::read_supply(const LibertyGroup& group) {
  std::string_view rail;
  for (const LibertyGroup& child : group.groups) {
    const LibertyAttribute* const related = child.type == "pin" ? child.find("related_power_pin") : nullptr;
    const LibertyAttribute* const direction = child.find("direction");
    if (related != nullptr && direction != nullptr && text(*direction) == "output") rail = text(*related);
  }
  for (const PowerPin& pin : cell_.power_pins) {
    if (rail.empty() ? pin.type != "primary_power" : pin.name != rail) continue;
    cell_.supply_voltage = pin.voltage;
    return;
  }
}

void LibertyCellReader::add_pin(const LibertyGroup& group, std::string_view name) {
  LibertyPin pin;
  pin.name = name;
  if (cell_.pin_index(name) >= 0) throw InputError(file_, group.line, fmt::format("second pin '{}' in the cell", name));
  const LibertyAttribute* const direction = group.find("direction");
  if (direction == nullptr) {
    throw InputError(file_, group.line, fmt::format("pin '{}' without direction; input or output is expected", name));
  }
  const std::string_view word = text(*direction);
  if (word == "input") pin.direction = PinDirection::input;
  else if (word == "output") pin.direction = PinDirection::output;
  else if (word == "inout") pin.direction = PinDirection::inout;
  else if (word == "internal") pin.direction = PinDirection::internal;
  else
    throw InputError(file_, direction->line,
                     fmt::format("direction '{}'; input, output, inout or "
                                 "internal is expected",
                                 word));
  const bool is_input = pin.direction == PinDirection::input;
  const double unit = header_.units.capacitance;
  const std::string_view fallback = is_input ? "default_input_pin_cap" : "default_output_pin_cap";
  pin.capacitance = number(group, "capacitance", unit).value_or(default_number(fallback, unit));
  const bool is_given = group.find("capacitance") != nullptr || library_group_.find(fallback) != nullptr ||
                        (group.find("rise_capacitance") != nullptr && group.find("fall_capacitance") != nullptr);
  if (is_input && !is_given) without_capacitance_ = &group;
  pin.rise_capacitance = number(group, "rise_capacitance", unit).value_or(pin.capacitance);
  pin.fall_capacitance = number(group, "fall_capacitance", unit).value_or(pin.capacitance);
  pin.max_capacitance = number(group, "max_capacitance", unit).value_or(0);
  pin.is_clock = is_true(group, "clock");
  pin.is_three_state = group.find("three_state") != nullptr;
  const int index = static_cast<int>(cell_.pins.size());
  if (is_input) cell_.input_pins.push_back(index);
  if (pin.direction == PinDirection::output) cell_.output_pins.push_back(index);
  cell_.pins.push_back(std::move(pin));
}

void LibertyCellReader::classify(const LibertyGroup& group) {
  cell_.kind = CellKind::other;
  if (cell_.output_pins.empty() || cell_.pins.size() != cell_.input_pins.size() + cell_.output_pins.size()) return;
  if (is_opaque(group)) return;
  size_t functions = 0;
  for (const LibertyGroup& child : group.groups) {
    if (child.type != "pin" || child.find("function") == nullptr) continue;
    if (child.find("three_state") != nullptr) return;
    for (const std::string_view name : child.arguments)
      functions += cell_.pins[static_cast<size_t>(cell_.pin_index(name))].direction == PinDirection::output;
  }
  if (functions < cell_.output_pins.size()) return;
  cell_.kind = has_group(group, {"ff"}) ? CellKind::flip_flop : CellKind::combinational;
}

// Gates of a latch and an AND: their output is 0 while the clock is. What one lacks of pins or energy makes it no gate.
void LibertyCellReader::read_clock_gate(const LibertyGroup& group) {
  const LibertyAttribute* const kind = group.find("clock_gating_integrated_cell");
  if (kind == nullptr || kind->values.empty() || !kind->values[0].starts_with("latch_posedge")) return;
  ClockGatePins gate;
  for (const LibertyGroup& child : group.groups) {
    if (child.type != "pin" || child.arguments.size() != 1) continue;
    const int index = cell_.pin_index(child.arguments[0]);
    if (is_true(child, "clock_gate_clock_pin")) gate.clock = index;
    else if (is_true(child, "clock_gate_enable_pin")) gate.enable = index;
    else if (is_true(child, "clock_gate_out_pin")) gate.output = index;
    else if (cell_.pins[static_cast<size_t>(index)].direction == PinDirection::input) gate.low.push_back(index);
    else gate.internal.push_back(index);
  }
  if (gate.clock < 0 || gate.enable < 0 || gate.output < 0) return;
  try {
    read_leakage(group);
    read_pin_models(group);
    cell_.clock_gate = std::move(gate);
  } catch (const InputError&) {}
}

void LibertyCellReader::read_flip_flop(const LibertyGroup& group) {
  if (group.arguments.size() != 2) throw InputError(file_, group.line, "ff group; ff (state, inverted) is expected");
  cell_.flip_flop.emplace();
  FlipFlop& ff = *cell_.flip_flop;
  ff.state_name = group.arguments[0];
  ff.inverted_name = group.arguments[1];
  for (const std::string_view needed : {"clocked_on", "next_state"}) {
    if (group.find(needed) == nullptr) throw InputError(file_, group.line, fmt::format("ff without {}", needed));
  }
  ff.clocked_on = function(*group.find("clocked_on"));
  ff.next_state = function(*group.find("next_state"));
  ff.clear = optional_function(group, "clear");
  ff.preset = optional_function(group, "preset");
}

void LibertyCellReader::read_functions(const LibertyGroup& group) {
  for (const LibertyGroup& child : group.groups) {
    if (child.type != "pin") continue;
    for (const std::string_view name : child.arguments) {
      LibertyPin& pin = cell_.pins[static_cast<size_t>(cell_.pin_index(name))];
      if (pin.direction == PinDirection::output) pin.function = function(*child.find("function"));
    }
  }
  for (const int output : cell_.output_pins) {
    for (const int input : cell_.pins[static_cast<size_t>(output)].function->pins) {
      const bool ok = input < 0 || cell_.pins[static_cast<size_t>(input)].direction == PinDirection::input;
      if (!ok)
        throw InputError(file_, cell_.line,
                         fmt::format("function of '{}' depends on another output; "
                                     "inputs are expected",
                                     cell_.pins[size_t(output)].name));
    }
  }
}

void LibertyCellReader::read_leakage(const LibertyGroup& group) {
  for (const LibertyGroup& child : group.groups) {
    if (child.type != "leakage_power") continue;
    const auto value = number(child, "value", header_.units.leakage);
    if (!value) throw InputError(file_, child.line, "leakage_power without value");
    cell_.leakage.push_back({optional_function(child, "when"), pg_pin(child), *value});
  }
  const double fallback = default_number("default_cell_leakage_power", header_.units.leakage);
  if (!cell_.cell_leakage_power && fallback > 0) cell_.cell_leakage_power = fallback;
}

void LibertyCellReader::read_pin_models(const LibertyGroup& group) {
  for (const LibertyGroup& child : group.groups) {
    if (child.type != "pin") continue;
    for (const std::string_view name : child.arguments) {
      LibertyPin& pin = cell_.pins[static_cast<size_t>(cell_.pin_index(name))];
      for (const LibertyGroup& model : child.groups) {
        if (model.type == "timing") {
          for (TimingArc& arc : timing_arcs(model)) pin.timing.push_back(std::move(arc));
        } else if (model.type == "internal_power") {
          pin.internal_power.push_back(internal_power(model));
        }
      }
    }
  }
}

int LibertyCellReader::pin(std::string_view name, long line) const {
  const int index = cell_.pin_index(name);
  if (index < 0) {
    throw InputError(file_, line, fmt::format("'{}' is not a pin of cell '{}'", name.substr(0, 60), cell_.name));
  }
  return index;
}

std::vector<int> LibertyCellReader::pins(const LibertyAttribute& attribute) const {
  constexpr std::string_view separators = " ,\t\n\\";
  std::vector<int> indices;
  std::string_view names = text(attribute);
  while (!names.empty()) {
    const size_t end = std::min(names.find_first_of(separators), names.size());
    if (end > 0) indices.push_back(pin(names.substr(0, end), attribute.line));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return indices;
}

PinFunction LibertyCellReader::function(const LibertyAttribute& attribute) const {
  PinFunction bound;
  bound.function = BooleanFunction::parse(text(attribute), where(attribute.line));
  for (const std::string& name : bound.function.variables()) {
    if (cell_.flip_flop && name == cell_.flip_flop->state_name) {
      bound.pins.push_back(PinFunction::state);
    } else if (cell_.flip_flop && name == cell_.flip_flop->inverted_name) {
      bound.pins.push_back(PinFunction::inverted_state);
    } else {
      bound.pins.push_back(pin(name, attribute.line));
    }
  }
  return bound;
}

std::optional<PinFunction> LibertyCellReader::optional_function(const LibertyGroup& group,
                                                                std::string_view name) const {
  const LibertyAttribute* const attribute = group.find(name);
  if (attribute == nullptr || trimmed(text(*attribute), " \t").empty()) return std::nullopt;
  return function(*attribute);
}

// A rail that the cell does not declare is known by the voltage_map alone.
std::string LibertyCellReader::pg_pin(const LibertyGroup& group) {
  const LibertyAttribute* const attribute = group.find("related_pg_pin");
  if (attribute == nullptr) return {};
  std::string name(text(*attribute));
  const auto is_this = [&](const PowerPin& pin) { return pin.name == name; };
  if (std::none_of(cell_.power_pins.begin(), cell_.power_pins.end(), is_this))
    add_power_pin({group.type, {attribute->values[0]}, {}, {}, attribute->line});
  return name;
}

std::vector<TimingArc> LibertyCellReader::timing_arcs(const LibertyGroup& group) const {
  const LibertyAttribute* const related = group.find("related_pin");
  const LibertyAttribute* const type = group.find("timing_type");
  const ArcKind kind = arc_kind(type == nullptr ? std::string_view() : text(*type));
  if (kind == ArcKind::other) return {};
  if (related == nullptr) throw InputError(file_, group.line, "timing without related_pin");
  TimingArc arc;
  arc.kind = kind;
  if (const LibertyAttribute* const sense = group.find("timing_sense")) {
    if (text(*sense) == "positive_unate") arc.sense = TimingSense::positive_unate;
    if (text(*sense) == "negative_unate") arc.sense = TimingSense::negative_unate;
  }
  arc.when = optional_function(group, "when");
  const std::pair<std::string_view, NldmTable TimingArc::*> tables[] = {
      {"cell_rise", &TimingArc::cell_rise},
      {"cell_fall", &TimingArc::cell_fall},
      {"rise_transition", &TimingArc::rise_transition},
      {"fall_transition", &TimingArc::fall_transition},
      {"rise_constraint", &TimingArc::rise_constraint},
      {"fall_constraint", &TimingArc::fall_constraint}};
  for (const auto& [name, member] : tables) {
    if (const LibertyGroup* const table = group.find_group(name)) {
      arc.*member = tables_.read(*table, header_.units.time);
    }
  }
  std::vector<TimingArc> arcs;
  for (const int pin : pins(*related)) {
    arc.related_pin = pin;
    arcs.push_back(arc);
  }
  return arcs;
}

InternalPower LibertyCellReader::internal_power(const LibertyGroup& group) {
  InternalPower power;
  if (const LibertyAttribute* const related = group.find("related_pin")) power.related_pins = pins(*related);
  power.when = optional_function(group, "when");
  power.pg_pin = pg_pin(group);
  const double unit = header_.units.energy;
  if (const LibertyGroup* const both = group.find_group("power")) power.rise = power.fall = tables_.read(*both, unit);
  if (const LibertyGroup* const rise = group.find_group("rise_power")) power.rise = tables_.read(*rise, unit);
  if (const LibertyGroup* const fall = group.find_group("fall_power")) power.fall = tables_.read(*fall, unit);
  return power;
}

// A delay or load that the library does not give would count as 0.
void LibertyCellReader::check_delays() const {
  if (without_capacitance_ != nullptr) {
    throw InputError(file_, without_capacitance_->line, "input pin without capacitance, and no default_input_pin_cap");
  }
  for (const int output : cell_.output_pins) {
    const LibertyPin& pin = cell_.pins[static_cast<size_t>(output)];
    const std::vector<double> halves(pin.function->pins.size(), 0.5);
    for (size_t i = 0; i < halves.size(); ++i) {
      const int input = pin.function->pins[i] < 0 ? cell_.flip_flop->clock_pin() : pin.function->pins[i];
      const bool is_delayed = std::any_of(pin.timing.begin(), pin.timing.end(), [&](const TimingArc& arc) {
        return arc.related_pin == input && !(arc.cell_rise.is_empty() && arc.cell_fall.is_empty());
      });
      if (input < 0 || is_delayed || pin.function->function.sensitivity(i, halves) == 0) continue;
      throw InputError(file_, cell_.line,
                       fmt::format("output '{}' without delay tables (cell_rise, cell_fall) from "
                                   "'{}'",
                                   pin.name, cell_.pins[static_cast<size_t>(input)].name));
    }
  }
}

}  // namespace tram
