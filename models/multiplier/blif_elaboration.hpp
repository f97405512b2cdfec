#pragma once
#include <array>
#include <string>

#include "models/multiplier/netlist.hpp"

namespace tram {

/// The place of a bit in its operand: its index in a BLIF file; its place in the list, lowest first, in what Yosys
/// writes for a Verilog port, whose range may start anywhere and run either way.
enum class BitOrder { index, listed };

/// A netlist and the names of the file's buses.
struct ElaboratedBlif {
  Netlist netlist;
  std::string a_port, b_port, product_port;
};

/// The gates of a BLIF text, as parse_blif (import.hpp) describes; the netlist is signed where the file says so.
ElaboratedBlif elaborate_blif(const std::string& text, BitOrder order, const std::string& file);

}  // namespace tram
