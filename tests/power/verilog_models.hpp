#pragma once
#include <map>
#include <string>

#include "models/power/mapped_netlist.hpp"
#include "models/power/timed_simulation.hpp"

namespace tram {

/// Text for an event-driven Verilog simulator: the netlist `dut` (net n is n<number>, cell c is c<number>), models of
/// its cells with one specify path from each input of an output's function, and delays as SDF in ps.
struct VerilogModels {
  std::string cells;    ///< module per kind of cell, timescale 1 ps
  std::string netlist;  ///< module dut; one vector port `in` with the bits of all input ports in order
  std::string delays;   ///< SDF; steps of the delays must be 1 ps
};

inline std::string verilog_cell(const LibertyCell& cell) {
  const auto name = [&](int pin) { return "p" + std::to_string(pin); };
  std::string ports, body, paths;
  for (const int pin : cell.input_pins) ports += "input " + name(pin) + ", ";
  for (const int pin : cell.output_pins) {
    ports += "output " + name(pin) + ", ";
    const PinFunction& function = *cell.pins[static_cast<size_t>(pin)].function;
    std::vector<std::string> operands;
    for (const int input : function.pins) {
      operands.push_back(name(input));
      paths += "    (" + name(input) + " => " + name(pin) + ") = (0, 0);\n";
    }
    std::string value = function.function.to_systemverilog(operands);
    if (function.pins.empty()) value = value == "'0" ? "1'b0" : "1'b1";
    body += "  assign " + name(pin) + " = " + value + ";\n";
  }
  ports.resize(ports.size() - 2);
  if (!paths.empty()) paths = "  specify\n" + paths + "  endspecify\n";
  return "module \\" + cell.name + " (" + ports + ");\n" + body + paths + "endmodule\n";
}

inline std::string verilog_netlist(const MappedNetlist& netlist) {
  std::string wires = "  wire n0 = 1'b0;\n  wire n1 = 1'b1;\n", inputs;
  for (NetId net = 2; net < netlist.net_count(); ++net) wires += "  wire n" + std::to_string(net) + ";\n";
  size_t width = 0;
  for (const MappedPort& port : netlist.ports()) {
    if (!port.is_input) continue;
    for (const NetId net : port.bits) {
      inputs += "  assign n" + std::to_string(net) + " = in[" + std::to_string(width++) + "];\n";
    }
  }
  std::string text = "module dut (input [" + std::to_string(width - 1) + ":0] in);\n" + wires + inputs;
  for (size_t i = 0; i < netlist.cells().size(); ++i) {
    const MappedCell& cell = netlist.cells()[i];
    text += "  \\" + cell.type->name + " c" + std::to_string(i) + " (";
    for (size_t pin = 0; pin < cell.pins.size(); ++pin) {
      const bool is_open = cell.pins[pin] == no_net;
      text += (pin == 0 ? ".p" : ", .p") + std::to_string(pin) + "(" + (is_open ? "" : "n" + std::to_string(cell.pins[pin])) + ")";
    }
    text += ");\n";
  }
  return text + "endmodule\n";
}

inline std::string sdf(const MappedNetlist& netlist, const NetlistDelays& delays) {
  std::string text = "(DELAYFILE\n (SDFVERSION \"3.0\")\n (DIVIDER .)\n (TIMESCALE 1ps)\n";
  for (const OutputDelays& output : delays.outputs) {
    const MappedCell& cell = netlist.cells()[output.cell];
    text += " (CELL (CELLTYPE \"" + cell.type->name + "\") (INSTANCE c" + std::to_string(output.cell) +
            ")\n  (DELAY (ABSOLUTE\n";
    const auto& inputs = cell.type->pins[output.pin].function->pins;
    for (size_t i = 0; i < inputs.size(); ++i) {
      text += "   (IOPATH p" + std::to_string(inputs[i]) + " p" + std::to_string(output.pin) + " (" +
              std::to_string(output.paths[i].rise) + ") (" + std::to_string(output.paths[i].fall) + "))\n";
    }
    text += "  )))\n";
  }
  return text + ")\n";
}

inline VerilogModels verilog_models(const MappedNetlist& netlist, const NetlistDelays& delays) {
  VerilogModels models;
  std::map<std::string, const LibertyCell*> types;
  for (const MappedCell& cell : netlist.cells()) types[cell.type->name] = cell.type;
  models.cells = "`timescale 1ps/1ps\n";
  for (const auto& [name, type] : types) models.cells += verilog_cell(*type);
  models.netlist = "`timescale 1ps/1ps\n" + verilog_netlist(netlist);
  models.delays = sdf(netlist, delays);
  return models;
}

}  // namespace tram
