#pragma once
#include <initializer_list>
#include <vector>

#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// What meets in a processing element.
enum class Operand { weight, activation, sum };
/// What an operand does there: a held one stays from pass to pass once it is loaded, one that streams moves on by a PE a
/// clock, one that accumulates stays while it is summed and leaves afterwards.
enum class Motion { held, streams, accumulates };
/// Where it comes from and goes to: from row to row, or from column to column.
enum class Direction { south, east };

/// An operand's way through a PE: what stands at `input` leaves at `output`, registered.
struct OperandPorts {
  Operand operand;
  Motion motion;
  Direction direction;
  MappedPort input = {}, output = {};

  int bits() const { return static_cast<int>(input.bits.size()); }
};

/// What the ports of a PE do in an array. The SystemVerilog says it in attributes on its ports:
///
///   (* tram = "clock" *) input                    rising edges
///   (* tram = "load" *) input                     1: held operands move on, all PEs alike
///   (* tram = "weight held south" *) input        an operand: which, its motion, its direction
///   (* tram = "weight" *) output                  the same operand as it leaves, as wide as its input
///
/// Each operand has one input and one output. Nothing else in the project names a port.
struct PeContract {
  NetId clock = no_net;
  NetId load = no_net;                 ///< no_net: no operand is held
  std::vector<OperandPorts> operands;  ///< by Operand: weight, activation, sum

  const OperandPorts& operator[](Operand operand) const { return operands[static_cast<size_t>(operand)]; }
  /// Bits of these operands as they enter (leave), one operand after the other.
  std::vector<NetId> inputs(std::initializer_list<Operand> which) const;
  std::vector<NetId> outputs(std::initializer_list<Operand> which) const;
};

/// Reads the attributes of a mapped PE. Throws InputError at the PE's name for a port
/// without attribute or with one that is none of these, an operand without input or output or with two of them, widths that
/// differ, and a held operand without load.
PeContract pe_contract(const MappedNetlist& pe);

/// "weight", "activation" or "sum".
const char* to_string(Operand operand);

}  // namespace tram
