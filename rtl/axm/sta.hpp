#pragma once
#include <optional>

#include "models/power/mapped_netlist.hpp"

namespace tram::axm {

/// The latest arrival at an output that OpenSTA (`sta`) reports for the netlist, s: inputs at 0 with no slew, outputs
/// unloaded, wires without load. Nothing when `sta` is not installed. Throws RunError when it fails.
std::optional<double> opensta_critical_path(const MappedNetlist& netlist);

}  // namespace tram::axm
