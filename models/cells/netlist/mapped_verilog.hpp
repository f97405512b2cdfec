#pragma once
#include <string>

#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// Structural Verilog of the netlist, a module `module_name` with its ports, that read_mapped_verilog and static timing
/// analysers read. Nets are n<number>, cells u<number>: cell i of netlist.cells() is u<i>.
std::string to_verilog(const MappedNetlist& netlist, const std::string& module_name);

}  // namespace tram
