#include "sim/engines/array_area.hpp"

#include <algorithm>

#include "sim/engines/array_edge.hpp"
#include "sim/engines/gated_clocks.hpp"
#include "sim/engines/pe_model.hpp"

namespace tram {
namespace {

constexpr double mm2 = 1e-6;  // of the library's um^2

double flip_flop_area(const MappedNetlist& netlist) { return netlist.cells()[netlist.flip_flops().front()].type->area; }

double gates_of_pes(const PeModel& model, int rows, int columns) {
  const PeContract& contract = model.design.contract;
  if (!contract.is_gated()) return 0;
  const GatedClocks clocks(rows, columns, contract.has(Operand::swap));
  const auto own = std::ranges::count(contract.clocks, PeClock::Gate::operand, &PeClock::gate);
  const double registers = clocks.has_copy() ? 2 : 1;  // of a part's enables, those that move on
  return double(own) * rows * columns * model.energies.gate.area +
         double(clocks.parts()) * (2 * model.energies.gate.area + registers * flip_flop_area(model.design.netlist));
}

template <typename Design>
double with_gates(const EdgePart<Design>& part, int count, int gates) {
  return count * part.design.netlist.area() + (part.energies.has_gate ? gates * part.energies.gate.area : 0);
}

}  // namespace

AreaBreakdown array_area(const PeModel& model, const ArrayEdge& edge, int rows, int columns) {
  const MappedNetlist& pe = model.design.netlist;
  const double pes = double(rows) * columns * mm2, multiplier = pe.area("multiplier"), adder = pe.area("adder");
  AreaBreakdown area;
  area.multipliers = multiplier * pes;
  area.adders = adder * pes;
  area.registers = (pe.area() - multiplier - adder) * pes;
  area.clock_gates = gates_of_pes(model, rows, columns) * mm2;
  area.accumulators =
      (with_gates(edge.model().column, edge.columns(), edge.columns()) +
       with_gates(edge.model().link, edge.links(), edge.link_gates()) +
       with_gates(edge.model().of_activations, edge.activation_accumulators(), edge.activation_accumulators())) *
      mm2;
  return area;
}

}  // namespace tram
