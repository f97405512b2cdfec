#include "models/multiplier/export_netlist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "models/multiplier/gate_kinds.hpp"

namespace tram {
namespace {

/// Names of all nets: operand bits by the patterns a and b, inner nets n<index>.
std::vector<std::string> net_names(const Netlist& netlist, const std::string& a, const std::string& b,
                                   const std::string& zero, const std::string& one) {
  std::vector<std::string> names(netlist.net_count);
  for (Net net = 2; net < netlist.net_count; ++net) names[net] = fmt::format("n{}", net);
  for (size_t i = 0; i < netlist.a.size(); ++i) names[netlist.a[i]] = fmt::format(fmt::runtime(a), i);
  for (size_t i = 0; i < netlist.b.size(); ++i) names[netlist.b[i]] = fmt::format(fmt::runtime(b), i);
  names[net_zero] = zero;
  names[net_one] = one;
  return names;
}

std::string expression(const Gate& gate, int output, const std::vector<std::string>& names) {
  std::vector<std::string> operands;
  for (int i = 0; i < input_count(gate.kind); ++i) operands.push_back(names[gate.inputs[i]]);
  return verilog_expression(gate_info(gate.kind).outputs[output], operands);
}

/// Lint comments before and after the operand ports for Verilator: operand bits that no gate reads, as a deep
/// truncation leaves them, are unused on purpose. Empty where each is read.
std::pair<std::string, std::string> unused_operand_waiver(const Netlist& netlist) {
  std::vector<bool> read(netlist.net_count);
  for (const Gate& gate : netlist.gates)
    for (int i = 0; i < input_count(gate.kind); ++i) read[gate.inputs[i]] = true;
  for (const Net net : netlist.product) read[net] = true;
  const auto all_read = [&](const std::vector<Net>& operand) {
    return std::ranges::all_of(operand, [&](Net net) { return read[net]; });
  };
  if (all_read(netlist.a) && all_read(netlist.b)) return {};
  return {"  /* verilator lint_off UNUSEDSIGNAL */  // operand bits without a gate\n",
          "  /* verilator lint_on UNUSEDSIGNAL */\n"};
}

const char* sign_word(const Netlist& netlist) { return netlist.is_signed ? "signed" : "unsigned"; }

}  // namespace

std::string identifier(const std::string& name) {
  std::string text = name.empty() || (name[0] >= '0' && name[0] <= '9') ? "m" + name : name;
  for (char& c : text)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return text;
}

std::string to_systemverilog(const Netlist& netlist, const std::string& module_name) {
  const auto [waiver, end] = unused_operand_waiver(netlist);
  const auto names =
      net_names(netlist, "a_i[{}*LANES +: LANES]", "b_i[{}*LANES +: LANES]", "{LANES{1'b0}}", "{LANES{1'b1}}");
  std::string text = fmt::format(
      "/// Multiplier {0}: {1} x {2} bits, {3}. Bit plane i of a port (bit i of the operand of every lane) is\n"
      "/// port[i*LANES +: LANES]; LANES = 1 is the synthesizable multiplier.\n"
      "module {4} #(\n  parameter int unsigned LANES = 1\n) (\n{7}"
      "  input  logic {6}[{1}*LANES-1:0] a_i,\n  input  logic {6}[{2}*LANES-1:0] b_i,\n{8}"
      "  output logic {6}[{5}*LANES-1:0] product_o\n);\n",
      identifier(netlist.name), netlist.a.size(), netlist.b.size(), sign_word(netlist), module_name,
      netlist.product.size(), netlist.is_signed ? "signed " : "", waiver, end);
  for (const Gate& gate : netlist.gates)
    for (int o = 0; o < output_count(gate.kind); ++o)
      text += fmt::format("  logic [LANES-1:0] {0};\n  assign {0} = {1};\n", names[gate.outputs[o]],
                          expression(gate, o, names));
  for (size_t i = 0; i < netlist.product.size(); ++i)
    text += fmt::format("  assign product_o[{}*LANES +: LANES] = {};\n", i, names[netlist.product[i]]);
  return text + "endmodule\n";
}

std::string to_verilog(const Netlist& netlist, const std::string& module_name) {
  const auto names = net_names(netlist, "a[{}]", "b[{}]", "1'b0", "1'b1");
  const char* sign = netlist.is_signed ? "signed " : "";
  std::string text = fmt::format(
      "// Multiplier {0}: {1} x {2} bits, {3}; a is the weight, b the activation.\n"
      "module {4} (\n  input {5}[{6}:0] a,\n  input {5}[{7}:0] b,\n  output {5}[{8}:0] product\n);\n",
      identifier(netlist.name), netlist.a.size(), netlist.b.size(), sign_word(netlist), module_name, sign,
      netlist.a.size() - 1, netlist.b.size() - 1, netlist.product.size() - 1);
  for (const Gate& gate : netlist.gates)
    for (int o = 0; o < output_count(gate.kind); ++o)
      text += fmt::format("  wire {0};\n  assign {0} = {1};\n", names[gate.outputs[o]], expression(gate, o, names));
  for (size_t i = 0; i < netlist.product.size(); ++i)
    text += fmt::format("  assign product[{}] = {};\n", i, names[netlist.product[i]]);
  return text + "endmodule\n";
}

std::string to_blif(const Netlist& netlist) {
  const auto names = net_names(netlist, "a[{}]", "b[{}]", "$false", "$true");
  std::string text =
      fmt::format("# Multiplier {0}, {1}\n.model {0}\n.inputs", identifier(netlist.name), sign_word(netlist));
  for (const Net net : netlist.a) text += " " + names[net];
  for (const Net net : netlist.b) text += " " + names[net];
  text += "\n.outputs";
  for (size_t i = 0; i < netlist.product.size(); ++i) text += fmt::format(" product[{}]", i);
  text += "\n.names $false\n.names $true\n1\n";
  for (const Gate& gate : netlist.gates)
    for (int o = 0; o < output_count(gate.kind); ++o) {
      text += ".names";
      for (int i = 0; i < input_count(gate.kind); ++i) text += " " + names[gate.inputs[i]];
      text += fmt::format(" {}\n{}", names[gate.outputs[o]],
                          blif_cover(gate_info(gate.kind).outputs[o], input_count(gate.kind)));
    }
  for (size_t i = 0; i < netlist.product.size(); ++i)
    text += fmt::format(".names {} product[{}]\n1 1\n", names[netlist.product[i]], i);
  return text + ".end\n";
}

}  // namespace tram
