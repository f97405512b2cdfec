#pragma once
#include <optional>
#include <string>

#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/cells/timing/static_timing.hpp"

namespace tram {

struct OpenstaPath {
  std::optional<double> seconds;
  std::string refusal;  ///< why there is none, in one line: "sta is not on PATH", or what the tool said
};

/// Latest arrival at an output port, as OpenSTA's `sta` (Debian package opensta) reports it for the netlist without
/// wires, input transitions of 0 and no load at the outputs: static_timing(netlist).critical_path by another tool. For
/// combinational netlists. The tool reads the library's files by itself and may refuse what this project reads.
OpenstaPath opensta_critical_path(const MappedNetlist& netlist, const TimingOptions& options = {});

}  // namespace tram
