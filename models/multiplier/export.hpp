#pragma once
#include <string>

#include "models/multiplier/netlist.hpp"

namespace tram {

/// SystemVerilog of the netlist: module `module_name` with the parameter LANES and the ports
///   input  logic [A*LANES-1:0] a_i   bit plane i, bit i of the weight of every lane, is a_i[i*LANES +: LANES]
///   input  logic [B*LANES-1:0] b_i   the activation likewise
///   output logic [P*LANES-1:0] product_o
/// LANES = 1 is the synthesizable multiplier. (One-dimensional ports: Yosys reads no others.)
std::string to_systemverilog(const Netlist& netlist, const std::string& module_name);

/// BLIF of the netlist: inputs a[0].. b[0].., outputs product[0]..
std::string to_blif(const Netlist& netlist);

}  // namespace tram
