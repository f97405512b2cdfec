#include "models/cells/timing/wires.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace tram {
namespace {

constexpr double negligible_ohm = 0.001;  // joins the pins of a net, whose capacitances count too

std::string pin_name(const MappedNetlist& netlist, const PinReference& pin) {
  return fmt::format("u{}:{}", pin.cell, netlist.cells()[pin.cell].type->pins[pin.pin].name);
}

}  // namespace

double wire_capacitance(const MappedNetlist& netlist, double farad_a_micrometre) {
  if (netlist.cells().empty()) return 0;
  const double mean = netlist.area() / static_cast<double>(netlist.cells().size());
  return farad_a_micrometre * wire_length_factor * std::sqrt(mean);
}

std::vector<double> wire_loads(const MappedNetlist& netlist, const TimingOptions& options) {
  std::vector<double> loads(netlist.net_count(), 0);
  if (options.wire_capacitance == 0) return loads;
  std::vector<size_t> pins(netlist.net_count(), 1);  // its driver
  for (NetId net = 0; net < netlist.net_count(); ++net) pins[net] += netlist.fanout(net).size();
  for (const MappedPort& port : netlist.ports())
    if (!port.is_input)
      for (const NetId net : port.bits) ++pins[net];
  for (NetId net = constant_one + 1; net < netlist.net_count(); ++net)
    loads[net] = options.wire_capacitance * static_cast<double>(pins[net] - 1);
  return loads;
}

std::string to_spef(const MappedNetlist& netlist, const TimingOptions& options, const std::string& module_name) {
  std::string text = fmt::format(
      "*SPEF \"IEEE 1481-1998\"\n*DESIGN \"{}\"\n*DATE \"\"\n*VENDOR \"\"\n*PROGRAM \"tram\"\n*VERSION \"\"\n"
      "*DESIGN_FLOW \"\"\n*DIVIDER /\n*DELIMITER :\n*BUS_DELIMITER [ ]\n*T_UNIT 1 PS\n*C_UNIT 1 FF\n*R_UNIT 1 OHM\n"
      "*L_UNIT 1 HENRY\n\n",
      module_name);
  std::map<NetId, std::string> ports;
  for (const MappedPort& port : netlist.ports())
    if (port.is_input)
      for (size_t bit = 0; bit < port.bits.size(); ++bit) ports[port.bits[bit]] = fmt::format("{}[{}]", port.name, bit);
  const std::vector<double> loads = wire_loads(netlist, options);
  for (NetId net = constant_one + 1; net < netlist.net_count(); ++net) {
    const bool has_port = netlist.driver(net).cell == no_cell;
    if (loads[net] == 0 || (has_port && !ports.contains(net))) continue;
    const std::string driver = has_port ? ports[net] : pin_name(netlist, netlist.driver(net));
    std::string pins = fmt::format("{} {} {}\n", has_port ? "*P" : "*I", driver, has_port ? "I" : "O"), wires;
    int number = 0;
    for (const PinReference& pin : netlist.fanout(net)) {
      pins += fmt::format("*I {} I\n", pin_name(netlist, pin));
      wires += fmt::format("{} {} {} {}\n", ++number, driver, pin_name(netlist, pin), negligible_ohm);
    }
    text += fmt::format("*D_NET {} {:.9g}\n*CONN\n{}*CAP\n1 {} {:.9g}\n*RES\n{}*END\n\n",
                        has_port ? driver : fmt::format("n{}", net), loads[net] * 1e15, pins, driver, loads[net] * 1e15,
                        wires);
  }
  return text;
}

}  // namespace tram
