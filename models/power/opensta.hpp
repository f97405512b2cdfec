#pragma once
#include <optional>

#include "models/power/mapped_netlist.hpp"

namespace tram {

/// Latest arrival at an output port in s, as OpenSTA's `sta` (Debian package opensta) reports it for the netlist
/// without wires, input transitions of 0 and no load at the outputs: static_timing(netlist).critical_path by another
/// tool. Nothing when `sta` is not on PATH or there is no cell. For combinational netlists. Throws RunError with the
/// tool's output when it reports no path.
std::optional<double> opensta_critical_path(const MappedNetlist& netlist);

}  // namespace tram
