#pragma once
#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/cells/timing/timed_simulation.hpp"

namespace tram {

/// Text for an event-driven Verilog simulator: the netlist `dut` (net n is n<number>, cell c is c<number>), models of
/// its cells with one specify path from each input of an output's function, and delays as SDF in ps.
struct VerilogModels {
  std::string cells;    ///< module per kind of cell, timescale 1 ps
  std::string netlist;  ///< module dut; one vector port `in` with the bits of all input ports in order
  std::string delays;   ///< SDF; steps of the delays must be 1 ps
};

inline std::string verilog_cell(const LibertyCell& cell) {
  std::vector<std::string> ports;
  std::string body, paths;
  for (const int pin : cell.input_pins) ports.push_back(fmt::format("input p{}", pin));
  for (const int pin : cell.output_pins) {
    ports.push_back(fmt::format("output p{}", pin));
    const PinFunction& function = *cell.pins[static_cast<size_t>(pin)].function;
    std::vector<std::string> operands;
    for (const int input : function.pins) {
      operands.push_back(fmt::format("p{}", input));
      paths += fmt::format("    (p{} => p{}) = (0, 0);\n", input, pin);
    }
    const bool is_constant = function.pins.empty();
    const std::string value = is_constant ? fmt::format("1'b{}", function.function.truth_table()[0])
                                          : function.function.to_systemverilog(operands);
    body += fmt::format("  assign p{} = {};\n", pin, value);
  }
  if (!paths.empty()) paths = fmt::format("  specify\n{}  endspecify\n", paths);
  return fmt::format("module \\{} ({});\n{}{}endmodule\n", cell.name, fmt::join(ports, ", "), body, paths);
}

inline std::string verilog_netlist(const MappedNetlist& netlist) {
  std::string wires = "  wire n0 = 1'b0;\n  wire n1 = 1'b1;\n", inputs, cells;
  for (NetId net = 2; net < netlist.net_count(); ++net) wires += fmt::format("  wire n{};\n", net);
  size_t width = 0;
  for (const MappedPort& port : netlist.ports()) {
    if (!port.is_input) continue;
    for (const NetId net : port.bits) inputs += fmt::format("  assign n{} = in[{}];\n", net, width++);
  }
  for (size_t i = 0; i < netlist.cells().size(); ++i) {
    const MappedCell& cell = netlist.cells()[i];
    std::vector<std::string> pins;
    for (size_t pin = 0; pin < cell.pins.size(); ++pin) {
      if (cell.pins[pin] != no_net) pins.push_back(fmt::format(".p{}(n{})", pin, cell.pins[pin]));
    }
    cells += fmt::format("  \\{} c{} ({});\n", cell.type->name, i, fmt::join(pins, ", "));
  }
  return fmt::format("module dut (input [{}:0] in);\n{}{}{}endmodule\n", width - 1, wires, inputs, cells);
}

inline std::string sdf(const MappedNetlist& netlist, const NetlistDelays& delays) {
  std::string text = "(DELAYFILE\n (SDFVERSION \"3.0\")\n (DIVIDER .)\n (TIMESCALE 1ps)\n";
  for (const OutputDelays& output : delays.outputs) {
    const MappedCell& cell = netlist.cells()[output.cell];
    text += fmt::format(" (CELL (CELLTYPE \"{}\") (INSTANCE c{})\n  (DELAY (ABSOLUTE\n", cell.type->name, output.cell);
    const auto& inputs = cell.type->pins[output.pin].function->pins;
    for (size_t i = 0; i < inputs.size(); ++i) {
      text += fmt::format("   (IOPATH p{} p{} ({}) ({}))\n", inputs[i], output.pin, output.paths[i].rise,
                          output.paths[i].fall);
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
