#pragma once
#include <optional>
#include <string>

#include "models/multiplier/blif_ports.hpp"
#include "models/multiplier/netlist.hpp"

namespace tram {

/// A netlist and the names of the file's buses.
struct ElaboratedBlif {
  Netlist netlist;
  std::string a_port, b_port, product_port;
};

/// The gates of a BLIF text, as parse_blif (import.hpp) describes, or of what Yosys writes for a Verilog module with
/// the ports given; the netlist is signed where the file says so.
ElaboratedBlif elaborate_blif(const std::string& text, const std::string& file,
                              const std::optional<DeclaredPorts>& ports = std::nullopt);

}  // namespace tram
