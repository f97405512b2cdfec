#include "models/cells/netlist/mapped_verilog.hpp"

#include <fmt/format.h>

#include <vector>

namespace tram {
namespace {

// An escaped identifier ends with a blank; plain ones are as they are, as not every reader knows the escape.
std::string identifier(const std::string& name) {
  const char* const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  const bool is_plain = name.find_first_not_of(plain) == std::string::npos && !(name[0] >= '0' && name[0] <= '9');
  return is_plain ? name : "\\" + name + " ";
}

std::string net_text(NetId net) {
  if (net <= constant_one) return net == constant_zero ? "1'b0" : "1'b1";
  return fmt::format("n{}", net);
}

std::string cell_text(const MappedCell& cell, size_t index) {
  std::vector<std::string> connections;
  for (size_t pin = 0; pin < cell.pins.size(); ++pin) {
    if (cell.pins[pin] == no_net) continue;
    connections.push_back(fmt::format(".{}({})", identifier(cell.type->pins[pin].name), net_text(cell.pins[pin])));
  }
  return fmt::format("  {} u{} ({});\n", identifier(cell.type->name), index, fmt::join(connections, ", "));
}

}  // namespace

std::string to_verilog(const MappedNetlist& netlist, const std::string& module_name) {
  std::vector<std::string> names;
  std::string declarations, assignments;
  for (const MappedPort& port : netlist.ports()) {
    const std::string name = identifier(port.name);
    names.push_back(name);
    declarations += fmt::format("  {} [{}:0] {};\n", port.is_input ? "input" : "output", port.bits.size() - 1, name);
    for (size_t bit = 0; bit < port.bits.size(); ++bit) {
      const std::string place = fmt::format("{}[{}]", name, bit), net = net_text(port.bits[bit]);
      assignments += port.is_input ? fmt::format("  assign {} = {};\n", net, place)
                                   : fmt::format("  assign {} = {};\n", place, net);
    }
  }
  std::string text = fmt::format("module {} ({});\n{}", identifier(module_name), fmt::join(names, ", "), declarations);
  for (NetId net = constant_one + 1; net < netlist.net_count(); ++net) text += fmt::format("  wire n{};\n", net);
  text += assignments;
  for (size_t i = 0; i < netlist.cells().size(); ++i) text += cell_text(netlist.cells()[i], i);
  return text + "endmodule\n";
}

}  // namespace tram
