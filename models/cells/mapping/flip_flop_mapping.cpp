#include "models/cells/mapping/flip_flop_mapping.hpp"

#include <fmt/format.h>

#include <map>

namespace tram {
namespace {

struct Literal {
  int pin = 0;
  bool inverted = false;
};

// The function as one variable or its inverse.
std::optional<Literal> literal(const PinFunction& function) {
  if (function.pins.size() != 1) return std::nullopt;
  const uint64_t table = function.function.truth_table()[0];
  if (table == 0b10) return Literal{function.pins[0], false};
  if (table == 0b01) return Literal{function.pins[0], true};
  return std::nullopt;
}

// An output that follows the state, preferably not inverted.
std::optional<Literal> state_output(const LibertyCell& cell) {
  std::optional<Literal> found;
  for (const int pin : cell.output_pins) {
    const auto value = literal(*cell.pins[static_cast<size_t>(pin)].function);
    if (!value || value->pin >= 0) continue;
    const bool inverted = value->inverted != (value->pin == PinFunction::inverted_state);
    if (!found || (found->inverted && !inverted)) found = Literal{pin, inverted};
  }
  return found;
}

std::vector<FlipFlopUse> uses(const LibertyCell& cell) {
  if (cell.kind != CellKind::flip_flop || cell.dont_use || cell.is_test_cell) return {};
  const FlipFlop& ff = *cell.flip_flop;
  const auto clock = literal(ff.clocked_on);
  const auto data = literal(ff.next_state);
  const auto output = state_output(cell);
  if (!clock || clock->inverted || clock->pin < 0 || !data || data->pin < 0 || !output) return {};
  FlipFlopUse plain;
  plain.cell = &cell;
  plain.clock = clock->pin;
  plain.data = data->pin;
  plain.output = output->pin;
  plain.inverts_data = data->inverted != output->inverted;
  std::vector<FlipFlopUse::Reset> resets;
  for (const auto& [function, value] : {std::pair{&ff.clear, false}, std::pair{&ff.preset, true}}) {
    if (!*function) continue;
    const auto reset = literal(**function);
    if (!reset || reset->pin < 0) return {};
    resets.push_back({reset->pin, !reset->inverted, value != output->inverted});
    plain.ties.emplace_back(reset->pin, reset->inverted);
  }
  const size_t connected = 2 + plain.ties.size();
  if (connected != cell.input_pins.size()) return {};
  std::vector<FlipFlopUse> found{plain};
  for (size_t i = 0; i < resets.size(); ++i) {
    FlipFlopUse use = plain;
    use.reset = resets[i];
    use.ties.erase(use.ties.begin() + static_cast<std::ptrdiff_t>(i));
    found.push_back(use);
  }
  return found;
}

std::string type_name(const FlipFlopUse& use) {
  if (!use.reset) return "$_DFF_P_";
  return fmt::format("$_DFF_P{}{}_", use.reset->active ? 'P' : 'N', use.reset->value ? 1 : 0);
}

std::string techmap_module(const std::string& type, const FlipFlopUse& use) {
  const auto name = [&](int pin) { return use.cell->pins[static_cast<size_t>(pin)].name; };
  std::string pins = fmt::format(".{}(C), .{}({}), .{}(Q)", name(use.clock), name(use.data),
                                 use.inverts_data ? "inverse" : "D", name(use.output));
  for (const auto& [pin, value] : use.ties) pins += fmt::format(", .{}(1'b{})", name(pin), value ? 1 : 0);
  if (use.reset) pins += fmt::format(", .{}(R)", name(use.reset->pin));
  const std::string inverter = "  wire inverse;\n  \\$_NOT_ inverter (.A(D), .Y(inverse));\n";
  return fmt::format("module \\{} (input C, input D{}, output Q);\n{}  \\{} _TECHMAP_REPLACE_ ({});\nendmodule\n", type,
                     use.reset ? ", input R" : "", use.inverts_data ? inverter : "", use.cell->name, pins);
}

}  // namespace

std::optional<FlipFlopUse> plain_flip_flop(const LibertyCell& cell) {
  const auto found = uses(cell);
  if (found.empty()) return std::nullopt;
  return found.front();
}

FlipFlopTechmap flip_flop_techmap(const Library& library) {
  std::map<std::string, FlipFlopUse> best;
  for (const LibertyCell& cell : library.cells) {
    for (const FlipFlopUse& use : uses(cell)) {
      const auto [place, is_new] = best.emplace(type_name(use), use);
      const double cost = use.cell->area, known = place->second.cell->area;
      if (!is_new &&
          (cost < known || (cost == known && use.cell->output_pins.size() < place->second.cell->output_pins.size()))) {
        place->second = use;
      }
    }
  }
  FlipFlopTechmap techmap;
  for (const auto& [type, use] : best) {
    techmap.verilog += techmap_module(type, use);
    techmap.types.push_back(type);
  }
  return techmap;
}

}  // namespace tram
