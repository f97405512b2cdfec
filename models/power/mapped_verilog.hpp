#pragma once
#include <string>

#include "models/power/mapped_netlist.hpp"

namespace tram {

/// The netlist as structural Verilog (IEEE 1364-2005): one module of this name, its ports as they are, one instance a
/// cell with its hierarchical name as an escaped identifier, inner nets n<id>. read_mapped_verilog reads it back.
std::string to_verilog(const MappedNetlist& netlist, const std::string& module_name);

}  // namespace tram
