#include "rtl/mapped_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// The name of an operand's input plane in the row; the plane of what moves east is the neighbour's output, shifted.
std::string plane_name(const OperandPorts& ports, size_t bit) {
  return fmt::format("{}_{}", to_string(ports.operand), bit);
}

/// Names of the nets in the row's SystemVerilog, as expressions on 64-bit words. The constants are an input held at 0
/// and its inverse, so that the words hold no literal.
class RowNames {
 public:
  RowNames(const MappedNetlist& pe, const PeContract& contract) : names_(pe.net_count()), contract_(contract) {
    for (NetId net = 0; net < pe.net_count(); ++net) names_[net] = fmt::format("n{}", net);
    names_[constant_zero] = "zero_i";
    names_[constant_one] = "(~zero_i)";
    for (const OperandPorts& ports : contract.operands)
      for (size_t i = 0; i < ports.input.bits.size(); ++i) names_[ports.input.bits[i]] = plane_name(ports, i);
    if (contract.load != no_net) names_[contract.load] = "load_i";
    names_[contract.clock] = "clk_i";
  }

  const std::string& operator[](NetId net) const { return names_[net]; }
  const PeContract& contract() const { return contract_; }

 private:
  std::vector<std::string> names_;
  const PeContract& contract_;
};

std::string expression(const PinFunction& function, const MappedCell& cell, const RowNames& names,
                       const std::string& state) {
  std::vector<std::string> operands;
  for (const int pin : function.pins) {
    if (pin == PinFunction::state) operands.push_back(state);
    else if (pin == PinFunction::inverted_state) operands.push_back("(~" + state + ")");
    else operands.push_back(names[cell.pins[pin]]);
  }
  const auto& op = function.function.nodes().back().op;
  if (op == BooleanFunction::Op::constant0) return "zero_i";
  if (op == BooleanFunction::Op::constant1) return "~zero_i";
  return function.function.to_systemverilog(operands);
}

/// Whether an asynchronous input can never be active: it is false for the constants it is tied to.
bool is_inactive(const std::optional<PinFunction>& function, const MappedCell& cell) {
  if (!function) return true;
  std::vector<uint64_t> values;
  for (const int pin : function->pins) {
    if (pin < 0 || cell.pins[pin] > constant_one) return false;
    values.push_back(cell.pins[pin] == constant_one ? ~uint64_t{0} : 0);
  }
  return function->function.evaluate(values) == 0;
}

/// Number of the clock that the flip-flop has, by PeContract::clocks.
size_t checked_clock(const RowNames& names, const MappedCell& cell) {
  const FlipFlop& flop = *cell.type->flip_flop;
  if (!is_inactive(flop.clear, cell) || !is_inactive(flop.preset, cell))
    throw InputError("cell " + cell.name, "clear or preset is in use; a plain flip-flop is expected");
  const int clock = flop.clock_pin();
  const std::vector<uint64_t> high(1, ~uint64_t{0});
  const std::vector<PeClock>& clocks = names.contract().clocks;
  const auto found = std::ranges::find(clocks, clock < 0 ? no_net : cell.pins[clock], &PeClock::net);
  if (found == clocks.end() || flop.clocked_on.function.evaluate(high) == 0)
    throw InputError("cell " + cell.name, "is not clocked by the rising edge of the clock, as expected");
  return static_cast<size_t>(found - clocks.begin());
}

std::string ports(const PeContract& contract) {
  std::string text = "  input logic        clk_i,\n  input logic [63:0] zero_i,\n  input logic [63:0] load_i";
  if (contract.is_gated()) text += ",\n  input logic [63:0] enable_i";
  for (const OperandPorts& operand : contract.operands)
    for (size_t i = 0; i < operand.input.bits.size(); ++i)
      text += fmt::format(",\n  input logic [63:0] {}{}", plane_name(operand, i),
                          operand.direction == Direction::east ? "_i" : "");
  return text;
}

/// Planes of what moves east: PE k reads what PE k - 1 puts out, PE 0 the row's input.
std::string east_planes(const PeContract& contract, const RowNames& names) {
  std::string text;
  for (const OperandPorts& operand : contract.operands)
    for (size_t i = 0; operand.direction == Direction::east && i < operand.output.bits.size(); ++i)
      text += fmt::format("  logic [63:0] {0};\n  assign {0} = ({1} << 1) | {0}_i;\n", plane_name(operand, i),
                          names[operand.output.bits[i]]);
  return text;
}

std::string combinational(const MappedNetlist& pe, const RowNames& names) {
  std::string text;
  for (const uint32_t index : pe.combinational_order()) {
    const MappedCell& cell = pe.cells()[index];
    for (const int pin : cell.type->output_pins) {
      if (cell.pins[pin] == no_net) continue;
      text += fmt::format("  assign {} = {};  // {} {}\n", names[cell.pins[pin]],
                          expression(*cell.type->pins[pin].function, cell, names, ""), cell.type->name, cell.name);
    }
  }
  return text;
}

/// Words of the clocks that tick at the next edge: the gates of all lanes.
std::string clocks(const PeContract& contract, const RowNames& names) {
  std::string text;
  for (size_t i = 0; contract.is_gated() && i < contract.clocks.size(); ++i) {
    const PeClock& clock = contract.clocks[i];
    std::string enable = clock.gate == PeClock::Gate::load ? "load_i" : "enable_i";
    if (clock.gate == PeClock::Gate::operand) {
      const OperandPorts& bit = contract[clock.operand];
      enable += " & " + names[(clock.enters ? bit.input : bit.output).bits[0]];
    }
    text += fmt::format("  logic [63:0] c{0} /*verilator public_flat_rd*/;\n  assign c{0} = {1};\n", i, enable);
  }
  return text;
}

std::string registers(const MappedNetlist& pe, const RowNames& names) {
  const bool is_gated = names.contract().is_gated();
  std::string declarations, updates;
  for (const uint32_t index : pe.flip_flops()) {
    const MappedCell& cell = pe.cells()[index];
    const size_t clock = checked_clock(names, cell);
    const std::string state = fmt::format("state_{}", index);
    declarations += fmt::format("  logic [63:0] {};  // {} {}\n", state, cell.type->name, cell.name);
    const std::string next = expression(cell.type->flip_flop->next_state, cell, names, state);
    updates += is_gated ? fmt::format("    {0} <= (({1}) & c{2}) | ({0} & ~c{2});\n", state, next, clock)
                        : fmt::format("    {} <= {};\n", state, next);
    for (const int pin : cell.type->output_pins)
      if (cell.pins[pin] != no_net)
        declarations += fmt::format("  assign {} = {};\n", names[cell.pins[pin]],
                                    expression(*cell.type->pins[pin].function, cell, names, state));
  }
  return declarations + "  always_ff @(posedge clk_i) begin\n" + updates + "  end\n";
}

/// `static const TYPE name[] = {...};` of offsets or indices.
template <class Items, class Text>
std::string c_array(const char* type, const char* name, const Items& items, const Text& text) {
  std::string line = fmt::format("static const {} {}[] = {{", type, name);
  for (size_t i = 0; i < items.size(); ++i) line += text(items[i], i) + ", ";
  return line + "};\n";
}

/// Input planes of the row that move in this direction, as offsets in the compiled model.
std::string inputs_array(const char* name, const PeContract& contract, Direction direction) {
  std::vector<std::string> planes;
  for (const OperandPorts& operand : contract.operands)
    for (size_t i = 0; operand.direction == direction && i < operand.input.bits.size(); ++i)
      planes.push_back(plane_name(operand, i) + (direction == Direction::east ? "_i" : ""));
  return c_array("size_t", name, planes,
                 [](const std::string& plane, size_t) { return fmt::format("offsetof(Root, {})", plane); });
}

/// Nets of the planes that leave in this direction, by their place among the counted ones; -1, -2: constant 0, 1.
std::string outputs_array(const char* name, const PeContract& contract, Direction direction,
                          const std::vector<int>& index) {
  std::vector<NetId> nets;
  for (const OperandPorts& operand : contract.operands)
    if (operand.direction == direction) nets.insert(nets.end(), operand.output.bits.begin(), operand.output.bits.end());
  return c_array("int", name, nets, [&](NetId net, size_t) {
    if (net <= constant_one) return fmt::format("{}", net == constant_one ? -2 : -1);
    if (index[net] < 0) throw std::logic_error("mapped PE with an output that no cell drives");
    return fmt::format("{}", index[net]);
  });
}

/// Clocks whose ticks are counted, what the lanes of the clock depend on, and the bits that are 1 during reset, so that
/// every clock ticks.
std::string clocks_include(const PeContract& contract) {
  const size_t count = contract.is_gated() ? contract.clocks.size() : 0;
  std::vector<size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  uint64_t reset = 0;
  for (const Operand bit : {Operand::flag, Operand::swap})
    if (contract.has(bit)) reset |= uint64_t{1} << contract.first_plane(bit);
  std::string text =
      fmt::format("enum {{ clock_count = {} }};\nstatic const uint64_t reset_planes = {};\n", count, reset);
  if (count == 0) return text;
  return text + "#define TRAM_GATED 1\nstatic const size_t enable_input = offsetof(Root, enable_i);\n" +
         c_array("size_t", "clock_offsets", numbers,
                 [](size_t i, size_t) { return fmt::format("offsetof(Root, tram_mapped_row__DOT__c{})", i); });
}

std::string nets_include(const MappedNetlist& pe, const PeContract& contract, const MappedRow& row) {
  std::vector<int> index(pe.net_count(), -1);
  for (size_t i = 0; i < row.nets.size(); ++i) index[row.nets[i]] = static_cast<int>(i);
  return fmt::format(
             "enum {{ south_planes = {}, east_planes = {} }};\nstatic const size_t load_input = offsetof(Root, "
             "load_i);\n",
             row.south_planes, row.east_planes) +
         clocks_include(contract) +
         c_array("size_t", "net_offsets", row.nets,
                 [](NetId net, size_t) { return fmt::format("offsetof(Root, tram_mapped_row__DOT__n{})", net); }) +
         inputs_array("south_inputs", contract, Direction::south) +
         inputs_array("east_inputs", contract, Direction::east) +
         outputs_array("south_nets", contract, Direction::south, index) +
         outputs_array("east_nets", contract, Direction::east, index);
}

int planes(const PeContract& contract, Direction direction) {
  int count = 0;
  for (const OperandPorts& operand : contract.operands)
    if (operand.direction == direction) count += operand.bits();
  return count;
}

}  // namespace

MappedRow mapped_row(const MappedNetlist& pe, const PeContract& contract) {
  const RowNames names(pe, contract);
  MappedRow row;
  row.south_planes = planes(contract, Direction::south);
  row.east_planes = planes(contract, Direction::east);
  for (NetId net = 0; net < pe.net_count(); ++net)
    if (pe.driver(net).cell != no_cell) row.nets.push_back(net);

  std::string& text = row.systemverilog;
  text = fmt::format("/// {} mapped to {}: 64 PEs side by side.\nmodule tram_mapped_row (\n{}\n);\n", pe.name(),
                     pe.library().name, ports(contract));
  for (const NetId net : row.nets) text += fmt::format("  logic [63:0] n{} /*verilator public_flat_rd*/;\n", net);
  text += east_planes(contract, names) + combinational(pe, names) + clocks(contract, names) + registers(pe, names) +
          "endmodule\n";
  row.nets_include = nets_include(pe, contract, row);
  return row;
}

}  // namespace tram
