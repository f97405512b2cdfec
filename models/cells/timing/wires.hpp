#pragma once
#include <string>

#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/cells/timing/static_timing.hpp"

namespace tram {

/// Estimate of wires before placement: a net of n pins, ports included, is k (n - 1) long with k = 1.7 sqrt(mean area of
/// a cell). On multipliers placed and routed in osu018 the energy is within 2 % of that with the routed lengths.
inline constexpr double wire_length_factor = 1.7;

/// F for each pin of a net but one (TimingOptions::wire_capacitance), of a netlist whose cells' areas are in um^2 and
/// wires of so many F a micrometre. 0 without cells.
double wire_capacitance(const MappedNetlist& netlist, double farad_a_micrometre);

/// F of the wire of each net, as net_loads adds it.
std::vector<double> wire_loads(const MappedNetlist& netlist, const TimingOptions& options);

/// The wires as SPEF (IEEE 1481) for the design that to_verilog(netlist, module_name) writes: one capacitor a net, at
/// its driver, and a milliohm to each pin behind it.
std::string to_spef(const MappedNetlist& netlist, const TimingOptions& options, const std::string& module_name);

}  // namespace tram
