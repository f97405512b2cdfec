#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/multiplier/truth_table.hpp"

namespace tram {

/// A net of a netlist, by index. Nets 0 and 1 are the constants.
using Net = int32_t;
inline constexpr Net net_zero = 0;
inline constexpr Net net_one = 1;

enum class GateKind : uint8_t { inverter, and2, or2, xor2, nand2, nor2, xnor2, half_adder, full_adder };

/// Inputs in order; an adder has the outputs {sum, carry}, every other gate {output, unused}.
struct Gate {
  GateKind kind;
  std::array<Net, 3> inputs{-1, -1, -1};
  std::array<Net, 2> outputs{-1, -1};
  bool operator==(const Gate&) const = default;
};

int input_count(GateKind kind);
int output_count(GateKind kind);
const char* gate_name(GateKind kind);

/// A multiplier as a netlist of gates and adder cells, in topological order. It is the single source from
/// which values, RTL, area, delay and energy derive. Operand a is the weight, b the activation, bit 0 first.
struct Netlist {
  std::string name;
  bool is_signed = false;
  Net net_count = 2;  ///< nets are 0 .. net_count - 1
  std::vector<Gate> gates;
  std::vector<Net> a, b, product;
  /// The highest bit of a is the sign of the rest, that of the product the sign of the product; b is unsigned.
  bool sign_magnitude = false;
  bool operator==(const Netlist&) const = default;
};

/// Number of gates of a kind.
int count_gates(const Netlist& netlist, GateKind kind);

/// Builds a netlist; constants propagate, so that a gate with a constant operand becomes a smaller one or none
/// (a full adder with one constant 0 is a half adder, a half adder with a constant 0 its other input).
class NetlistBuilder {
 public:
  struct SumCarry {
    Net sum, carry;
  };

  NetlistBuilder(std::string name, int a_bits, int b_bits, bool is_signed);

  Net a(int bit) const { return netlist_.a.at(bit); }
  Net b(int bit) const { return netlist_.b.at(bit); }
  Net not_(Net x);
  Net and_(Net x, Net y);
  Net or_(Net x, Net y);
  Net xor_(Net x, Net y);
  Net nand_(Net x, Net y);
  Net nor_(Net x, Net y);
  Net xnor_(Net x, Net y);
  SumCarry half_adder(Net x, Net y);
  SumCarry full_adder(Net x, Net y, Net z);
  /// The finished netlist with these product bits; gates that drive nothing are removed, and an adder of which only
  /// the sum or only the carry is used becomes the gates of that one.
  Netlist finish(std::vector<Net> product);

 private:
  Net add(GateKind kind, std::array<Net, 3> inputs);
  void keep_half(const Gate& adder, bool sum, std::vector<Gate>& kept);

  Netlist netlist_;
};

/// An unsigned multiplier with a sign above operand a, which is that of the product: sign and magnitude.
Netlist with_sign(Netlist magnitudes);

/// Multiplier with wider operands, of which it reads the low bits alone; its product is sign-extended if signed, else
/// zero-extended, to a_bits + b_bits. InputError if an operand would become narrower.
Netlist widen(Netlist multiplier, int a_bits, int b_bits);

/// values[(a << b_bits) | b] by bit-parallel simulation of all operand pairs; widths up to 8 bits each.
TruthTable truth_table(const Netlist& netlist);

/// The value of each net by operand pair: bit k of word w of a net is that of pair 64 w + k (bit_planes.hpp). Below 64
/// pairs those above are not meant.
std::vector<std::vector<uint64_t>> net_planes(const Netlist& netlist);

}  // namespace tram
