#pragma once
#include <cstddef>
#include <cstdint>

namespace tram::transition {

/// Time is cut into slots; events never lie past the last, and no delay is longer than max_delay.
inline constexpr int slots = 256;
inline constexpr int max_delay = 63;
inline constexpr int max_inputs = 16;
inline constexpr size_t max_nodes = 256;   ///< of a function evaluated node by node
inline constexpr int max_planes = 9;       ///< of a toggle counter: at most one toggle a slot
inline constexpr int energy_planes = 22;   ///< of the energy of a lane
inline constexpr int fraction_planes = 7;  ///< of them below one count

/// Functions with a kernel of their own, up to inverted inputs and output; others are evaluated node by node.
enum class Function : uint8_t {
  copy,
  and2,
  xor2,
  and3,
  xor3,
  majority,
  and_or,  ///< (a & b) | c
  mux,     ///< a ? b : c
  and4,
  and_or_or,   ///< (a & b) | c | d
  and_and_or,  ///< (a & b & c) | d
  and_or_and,  ///< (a & b) | (c & d)
  or_and_or,   ///< ((a | b) & c) | d
  nodes
};

/// A step of a function evaluated node by node: operands are earlier nodes, for a variable the index of an input.
struct Node {
  uint8_t op = 0;  ///< BooleanFunction::Op
  uint8_t left = 0;
  uint8_t right = 0;
};

/// Output of a cell. Values are those of its net, inverted where `inverts` says so for the function's sake.
struct Output {
  uint32_t net = 0;
  uint32_t weight = 0;  ///< energy of a toggle, in units
  Function function = Function::nodes;
  uint8_t input_count = 0;
  bool inverts_output = false;
  bool loses_ties = false;              ///< OutputDelays::loses_ties
  uint32_t inverted_inputs = 0;         ///< bit i: input i
  uint32_t inputs[max_inputs] = {};     ///< nets
  uint8_t rise_order[max_inputs] = {};  ///< inputs by rising delay
  uint8_t fall_order[max_inputs] = {};
  uint8_t rise[max_inputs] = {};  ///< delay in slots of input rise_order[k], 1 .. max_delay
  uint8_t fall[max_inputs] = {};
  uint32_t first_node = 0, node_count = 0;
};

/// A combinational multiplier made ready for the kernels. Nets 0 and 1 are the constants.
struct KernelNetlist {
  int a_bits = 0, b_bits = 0;
  uint32_t net_count = 0;
  uint32_t output_count = 0;
  const Output* outputs = nullptr;  ///< in topological order
  const Node* nodes = nullptr;
  const uint32_t* a = nullptr;  ///< nets of the operands, bit 0 first
  const uint32_t* b = nullptr;
  const uint32_t* b_weights = nullptr;  ///< energies of the nets of b, in units
  bool has_delays = false;
};

struct Pair {
  uint16_t previous, now;  ///< values of operand b
};

/// One transition of operand b with operand a held.
struct HeldTransition {
  uint16_t a, previous, now;
};

/// Workspace of a kernel, one a thread: memory of `workspace_bytes`, aligned to 64 bytes, zeroed.
struct Kernel {
  const char* name;
  int lanes;  ///< transitions at once: `lanes >> a_bits` pairs
  size_t (*workspace_bytes)(const KernelNetlist& netlist);
  /// Energies of the pairs (as many as fit, at most lanes >> a_bits) for all values of a, in counts of
  /// 2^fraction_planes units, rounded: counts[pair << a_bits | w]. Raises planes[net] to the bits that the net's
  /// largest number of toggles takes. Returns the largest energy in units, half a count added, and UINT32_MAX when it
  /// has more than energy_planes bits.
  uint32_t (*run)(const KernelNetlist& netlist, void* workspace, const Pair* pairs, int pair_count, uint16_t* counts,
                  uint8_t* planes);
  /// Toggles of the nets in `count` transitions of choice, at most `lanes`, summed over them: toggles[net] += ..
  /// Nets of operand b count too.
  void (*count_toggles)(const KernelNetlist& netlist, void* workspace, const HeldTransition* transitions, int count,
                        uint64_t* toggles);
};

const Kernel& avx2_kernel();
const Kernel& avx512_kernel();  ///< needs AVX-512 F and BW
/// The best that this machine runs.
const Kernel& best_kernel();

}  // namespace tram::transition
