#pragma once
#include <optional>
#include <string>
#include <vector>

#include "models/multiplier/blif.hpp"

namespace tram {

/// A port as a Verilog file declares it.
struct DeclaredPort {
  std::string name;
  int bits = 1;
};

/// Ports of a Verilog module in the order of declaration, as Yosys lists their bits in BLIF: the lowest first, whose
/// range may start anywhere and run either way.
struct DeclaredPorts {
  std::vector<DeclaredPort> inputs, outputs;
};

/// A bus by the names of its bits, lowest first.
struct BlifBus {
  std::string name;
  std::vector<std::string> bits;
};

/// Operands and product.
struct BlifPorts {
  BlifBus a, b, product;
};

/// The buses of a multiplier; the first of the inputs is operand a, the second b. Bits go together by name and index,
/// as in A[0], a<0>, a(0), a_0 or a0, in any order; indices run from 0, or from 1 in all three buses. A name without an
/// index is a bus of one bit. A declared port of several bits is a bus as it is. Throws InputError(file, line, what).
BlifPorts find_ports(const BlifModel& model, const std::optional<DeclaredPorts>& declared, const std::string& file);

}  // namespace tram
