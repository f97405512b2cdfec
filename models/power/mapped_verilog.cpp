#include "models/power/mapped_verilog.hpp"

#include <fmt/ranges.h>

#include <vector>

namespace tram {
namespace {

std::string bit_name(const MappedPort& port, size_t bit) {
  return port.bits.size() == 1 ? port.name : fmt::format("{}[{}]", port.name, bit);
}

/// Names of all nets: those of input ports by their bit, inner ones by number.
std::vector<std::string> net_names(const MappedNetlist& netlist) {
  std::vector<std::string> names(netlist.net_count());
  for (size_t net = 0; net < names.size(); ++net) names[net] = fmt::format("n{}", net);
  names[constant_zero] = "1'b0";
  names[constant_one] = "1'b1";
  for (const MappedPort& port : netlist.ports())
    for (size_t bit = 0; port.is_input && bit < port.bits.size(); ++bit) names[port.bits[bit]] = bit_name(port, bit);
  return names;
}

std::string declarations(const MappedNetlist& netlist) {
  std::string text;
  for (const MappedPort& port : netlist.ports()) {
    const std::string range = port.bits.size() == 1 ? "" : fmt::format(" [{}:0]", port.bits.size() - 1);
    text += fmt::format("  {}{} {};\n", port.is_input ? "input" : "output", range, port.name);
  }
  for (NetId net = 2; net < netlist.net_count(); ++net)
    if (netlist.driver(net).cell != no_cell) text += fmt::format("  wire n{};\n", net);
  return text;
}

}  // namespace

std::string to_verilog(const MappedNetlist& netlist, const std::string& module_name) {
  const std::vector<std::string> names = net_names(netlist);
  std::vector<std::string> ports;
  for (const MappedPort& port : netlist.ports()) ports.push_back(port.name);
  std::string text = fmt::format("module {}({});\n{}", module_name, fmt::join(ports, ", "), declarations(netlist));
  for (const MappedCell& cell : netlist.cells()) {
    std::vector<std::string> pins;
    for (size_t pin = 0; pin < cell.pins.size(); ++pin)
      if (cell.pins[pin] != no_net) pins.push_back(fmt::format(".{}({})", cell.type->pins[pin].name, names[cell.pins[pin]]));
    text += fmt::format("  {} \\{} ({});\n", cell.type->name, cell.name, fmt::join(pins, ", "));
  }
  for (const MappedPort& port : netlist.ports())
    for (size_t bit = 0; !port.is_input && bit < port.bits.size(); ++bit)
      text += fmt::format("  assign {} = {};\n", bit_name(port, bit), names[port.bits[bit]]);
  return text + "endmodule\n";
}

}  // namespace tram
