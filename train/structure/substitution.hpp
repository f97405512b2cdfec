#pragma once
#include <array>
#include <vector>

#include "models/multiplier/netlist.hpp"

namespace tram::train {

/// Substitution of a net that a gate drives by something smaller: another net, its inverse, or a gate of two others.
/// (Substitution of one signal for another, when they are mostly equal: Venkataramani, Roy and Raghunathan,
/// Substitute-and-simplify, DATE 2013.)
struct Substitution {
  enum class Kind : uint8_t { net, inverse, conjunction, disjunction, exclusive };
  Net replaced = -1;
  Kind kind = Kind::net;
  std::array<Net, 2> by{-1, -1};  ///< the second for gates alone
  auto operator<=>(const Substitution&) const = default;
};

/// Substitutions of each net that a gate drives: the constants, those `alike` nets and inverses of nets driven before
/// it that differ from it for the fewest pairs of operands, and other gates of two of its gate's inputs.
std::vector<Substitution> substitutions(const Netlist& netlist, int alike);

/// The netlist with it; constants propagate and gates that drive nothing are gone. Nets that remain keep their number.
Netlist substituted(const Netlist& netlist, const Substitution& substitution);

}  // namespace tram::train
