#pragma once
#include <string>

#include "models/multiplier/netlist.hpp"

namespace tram {

/// The name as an identifier of C, Verilog and BLIF: other characters become _, a leading digit gets an m before it.
std::string identifier(const std::string& name);

/// SystemVerilog of the netlist: module `module_name` with the parameter LANES and the ports
///   input  logic [A*LANES-1:0] a_i   bit plane i, bit i of the weight of every lane, is a_i[i*LANES +: LANES]
///   input  logic [B*LANES-1:0] b_i   the activation likewise
///   output logic [P*LANES-1:0] product_o
/// LANES = 1 is the synthesizable multiplier. (One-dimensional ports: Yosys reads no others.) Ports of a
/// signed multiplier are declared signed.
std::string to_systemverilog(const Netlist& netlist, const std::string& module_name);

/// Verilog-2001 of the netlist: module `module_name` with the ports a, b and product, one bus each, declared signed for
/// a signed multiplier; continuous assignments of one gate each.
std::string to_verilog(const Netlist& netlist, const std::string& module_name);

/// BLIF of the netlist: inputs a[0].. b[0].., outputs product[0]..; the first line is the comment
/// `# Multiplier NAME, signed` or `unsigned`.
std::string to_blif(const Netlist& netlist);

}  // namespace tram
