#include "rtl/mapped_row.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// Names of the nets in the row's SystemVerilog, as expressions on 64-bit words. The constants are an input held at 0
/// and its inverse, so that the words hold no literal.
class RowNames {
 public:
  explicit RowNames(const MappedNetlist& pe) : names_(pe.net_count()) {
    for (NetId net = 0; net < pe.net_count(); ++net) names_[net] = fmt::format("n{}", net);
    names_[constant_zero] = "zero_i";
    names_[constant_one] = "(~zero_i)";
    for (const char* port : {"weight_i", "psum_i"})
      for (size_t i = 0; i < bits(pe, port).size(); ++i) names_[bits(pe, port)[i]] = fmt::format("{}_{}", port, i);
    for (size_t i = 0; i < bits(pe, "activation_i").size(); ++i)
      names_[bits(pe, "activation_i")[i]] = fmt::format("activation_{}", i);
    names_[bits(pe, "load_i").at(0)] = "load_i";
    names_[bits(pe, "clk_i").at(0)] = "clk_i";
  }

  const std::string& operator[](NetId net) const { return names_[net]; }

  static const std::vector<NetId>& bits(const MappedNetlist& pe, const char* port) {
    const MappedPort* found = pe.find_port(port);
    if (!found) throw std::logic_error(fmt::format("mapped PE without port {}", port));
    return found->bits;
  }

 private:
  std::vector<std::string> names_;
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

void check_flip_flop(const MappedNetlist& pe, const MappedCell& cell) {
  const FlipFlop& flop = *cell.type->flip_flop;
  if (!is_inactive(flop.clear, cell) || !is_inactive(flop.preset, cell))
    throw InputError("cell " + cell.name, "clear or preset is in use; a plain flip-flop is expected");
  const int clock = flop.clock_pin();
  const std::vector<uint64_t> high(1, ~uint64_t{0});
  if (clock < 0 || cell.pins[clock] != RowNames::bits(pe, "clk_i").at(0) ||
      flop.clocked_on.function.evaluate(high) == 0)
    throw InputError("cell " + cell.name, "is not clocked by the rising edge of clk_i, as expected");
}

std::string ports(int psum_planes) {
  std::string text = "  input logic        clk_i,\n  input logic [63:0] zero_i,\n  input logic [63:0] load_i";
  const auto add = [&](const char* name, int count) {
    for (int i = 0; i < count; ++i) text += fmt::format(",\n  input logic [63:0] {}_{}", name, i);
  };
  add("activation_i", 8);
  add("weight_i", 8);
  add("psum_i", psum_planes);
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

std::string registers(const MappedNetlist& pe, const RowNames& names) {
  std::string declarations, updates;
  for (const uint32_t index : pe.flip_flops()) {
    const MappedCell& cell = pe.cells()[index];
    check_flip_flop(pe, cell);
    const std::string state = fmt::format("state_{}", index);
    declarations += fmt::format("  logic [63:0] {};  // {} {}\n", state, cell.type->name, cell.name);
    updates += fmt::format("    {} <= {};\n", state, expression(cell.type->flip_flop->next_state, cell, names, state));
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

std::string nets_include(const MappedNetlist& pe, const MappedRow& row) {
  std::vector<int> index(pe.net_count(), -1);
  for (size_t i = 0; i < row.nets.size(); ++i) index[row.nets[i]] = static_cast<int>(i);
  const auto input = [](const char* name) {
    return [name](NetId, size_t i) { return fmt::format("offsetof(Root, {}_{})", name, i); };
  };
  const auto output = [&](NetId net, size_t) {
    if (net <= constant_one) return fmt::format("{}", net == constant_one ? -2 : -1);
    if (index[net] < 0) throw std::logic_error("mapped PE with an output that no cell drives");
    return fmt::format("{}", index[net]);
  };
  const auto bits = [&](const char* port) { return RowNames::bits(pe, port); };
  return fmt::format("enum {{ psum_planes = {} }};\nstatic const size_t load_input = offsetof(Root, load_i);\n",
                     row.psum_planes) +
         c_array("size_t", "net_offsets", row.nets,
                 [](NetId net, size_t) { return fmt::format("offsetof(Root, tram_mapped_row__DOT__n{})", net); }) +
         c_array("size_t", "activation_inputs", bits("activation_i"), input("activation_i")) +
         c_array("size_t", "weight_inputs", bits("weight_i"), input("weight_i")) +
         c_array("size_t", "psum_inputs", bits("psum_i"), input("psum_i")) +
         c_array("int", "activation_nets", bits("activation_o"), output) +
         c_array("int", "weight_nets", bits("weight_o"), output) + c_array("int", "psum_nets", bits("psum_o"), output);
}

}  // namespace

MappedRow mapped_row(const MappedNetlist& pe) {
  const RowNames names(pe);
  MappedRow row;
  row.psum_planes = static_cast<int>(RowNames::bits(pe, "psum_i").size());
  for (NetId net = 0; net < pe.net_count(); ++net)
    if (pe.driver(net).cell != no_cell) row.nets.push_back(net);

  std::string& text = row.systemverilog;
  text = fmt::format("/// {} mapped to {}: 64 PEs side by side.\nmodule tram_mapped_row (\n{}\n);\n", pe.name(),
                     pe.library().name, ports(row.psum_planes));
  for (const NetId net : row.nets) text += fmt::format("  logic [63:0] n{} /*verilator public_flat_rd*/;\n", net);
  const auto& activations = RowNames::bits(pe, "activation_o");
  for (size_t i = 0; i < activations.size(); ++i)
    text += fmt::format("  logic [63:0] activation_{0};\n  assign activation_{0} = ({1} << 1) | activation_i_{0};\n", i,
                        names[activations[i]]);
  text += combinational(pe, names) + registers(pe, names) + "endmodule\n";
  row.nets_include = nets_include(pe, row);
  return row;
}

}  // namespace tram
