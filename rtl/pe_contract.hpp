#pragma once
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// Operands that meet in a processing element, and the bits that travel with the activation: `flag` is 1 where the
/// product counts, `swap` is 1 where the weight that was loaded takes the place of the one at work.
enum class Operand { weight, activation, sum, flag, swap };
/// Movement of an operand: a held one stays from pass to pass once it is loaded, one that streams moves on by a PE a
/// clock, one that accumulates stays while it is summed and leaves afterwards.
enum class Motion { held, streams, accumulates };
/// Direction of an operand: from row to row, or from column to column.
enum class Direction { south, east };

/// An operand's way through a PE: what stands at `input` leaves at `output`, registered.
struct OperandPorts {
  Operand operand;
  Motion motion;
  Direction direction;
  MappedPort input = {}, output = {};

  int bits() const { return static_cast<int>(input.bits.size()); }
};

/// A clock input, and what lets its pulses pass.
struct PeClock {
  enum class Gate { none, load, operand };
  NetId net = no_net;
  Gate gate = Gate::none;
  Operand operand = Operand::flag;  ///< of Gate::operand: the bit that enables it
  bool enters = true;               ///< of Gate::operand: as it enters the PE, else as it leaves
};

/// Roles of a PE's ports in an array, which the SystemVerilog says in attributes on them:
///
///   (* tram = "clock" *) input                    rising edges
///   (* tram = "load" *) input                     1: held operands move on, all PEs alike
///   (* tram = "clock load" *) input               in its place: rising edges while held operands move on
///   (* tram = "clock flag enters" *) input        the clock where the bit that enters (or leaves) is 1, gated outside
///   (* tram = "weight held south" *) input        an operand: which, its motion, its direction
///   (* tram = "weight" *) output                  the same operand as it leaves, as wide as its input
///   (* tram = "factor" *) output                  the weight at the multiplier, where it is not the one that leaves
///
/// Each operand has one input and one output; flag and swap, of one bit, need not be there. Nothing else in the project
/// names a port.
struct PeContract {
  NetId clock = no_net;
  NetId load = no_net;                 ///< no_net: no operand is held, or it has a clock of its own
  std::vector<PeClock> clocks;         ///< the clock first
  std::vector<OperandPorts> operands;  ///< those that there are, by Operand: weight, activation, sum, flag, swap
  MappedPort factor;                   ///< without bits: the weight that leaves

  bool is_gated() const { return clocks.size() > 1; }
  bool has(Operand operand) const { return operands.size() > static_cast<size_t>(operand); }
  /// Place of this operand's first bit among the bits that enter in its direction, by `operands`.
  size_t first_plane(Operand operand) const;
  /// Operands of the multiplier: the weight at work; that and the activation.
  std::vector<NetId> weight_factor() const;
  std::vector<NetId> factors() const;

  const OperandPorts& operator[](Operand operand) const { return operands[static_cast<size_t>(operand)]; }
  /// Bits of these operands as they enter (leave), one operand after the other.
  std::vector<NetId> inputs(std::initializer_list<Operand> which) const;
  std::vector<NetId> outputs(std::initializer_list<Operand> which) const;
};

/// Reads the attributes of a mapped PE; `roles` has those of ports, by name, in whose place they stand. Throws InputError at the PE's name for a port
/// without attribute or with one that is none of these, an operand without input or output or with two of them, widths that
/// differ, a role of a port that the PE has not, a held operand without load, a clock enabled by a bit that is not there, and swap without flag.
PeContract pe_contract(const MappedNetlist& pe, const std::map<std::string, std::string>& roles = {});

/// "held south", as in an attribute.
std::string roles_text(Motion motion, Direction direction);

/// "weight", "activation", "sum", "flag" or "swap".
const char* to_string(Operand operand);

}  // namespace tram
