#include "models/cells/netlist/adder_cells.hpp"

#include <algorithm>

namespace tram {
namespace {

// Truth table of an output over all inputs of its cell: bit i of a case is cell.input_pins[i].
uint32_t table_of(const LibertyCell& cell, int output) {
  const PinFunction& function = *cell.pins[static_cast<size_t>(output)].function;
  uint32_t table = 0;
  for (uint32_t minterm = 0; minterm < 1u << cell.input_pins.size(); ++minterm) {
    uint64_t index = 0;
    for (size_t variable = 0; variable < function.pins.size(); ++variable) {
      const auto input = std::find(cell.input_pins.begin(), cell.input_pins.end(), function.pins[variable]);
      index |= uint64_t{minterm >> (input - cell.input_pins.begin()) & 1} << variable;
    }
    table |= uint32_t(function.function.truth_table()[index / 64] >> (index % 64) & 1) << minterm;
  }
  return table;
}

std::optional<AdderCell> as_adder(const LibertyCell& cell, size_t inputs) {
  if (cell.kind != CellKind::combinational || cell.dont_use) return std::nullopt;
  if (cell.input_pins.size() != inputs || cell.output_pins.size() != 2) return std::nullopt;
  const uint32_t all = (1u << (1u << inputs)) - 1;
  const uint32_t sum = inputs == 2 ? 0x6 : 0x96, carry = inputs == 2 ? 0x8 : 0xe8;
  AdderCell adder{&cell, cell.input_pins, -1, -1};
  for (const int output : cell.output_pins) {
    const uint32_t table = table_of(cell, output);
    if (table == sum || table == (sum ^ all)) {
      adder.sum = output;
      adder.inverts_sum = table != sum;
    } else if (table == carry || table == (carry ^ all)) {
      adder.carry = output;
      adder.inverts_carry = table != carry;
    }
  }
  if (adder.sum < 0 || adder.carry < 0) return std::nullopt;
  return adder;
}

}  // namespace

std::optional<AdderCell> find_adder_cell(const Library& library, int inputs) {
  std::optional<AdderCell> best;
  for (const LibertyCell& cell : library.cells) {
    const auto adder = as_adder(cell, static_cast<size_t>(inputs));
    if (adder && (!best || cell.area < best->cell->area)) best = adder;
  }
  return best;
}

bool has_adder_cells(const Library& library) {
  return find_adder_cell(library, 2).has_value() || find_adder_cell(library, 3).has_value();
}

}  // namespace tram
