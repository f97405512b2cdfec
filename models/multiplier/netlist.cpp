#include "models/multiplier/netlist.hpp"

#include <algorithm>

#include "models/support/error.hpp"

namespace tram {
namespace {

struct KindInfo { const char* name; int inputs, outputs; };

const KindInfo& info(GateKind kind) {
  static constexpr std::array<KindInfo, 9> table{{{"NOT", 1, 1}, {"AND2", 2, 1}, {"OR2", 2, 1}, {"XOR2", 2, 1},
      {"NAND2", 2, 1}, {"NOR2", 2, 1}, {"XNOR2", 2, 1}, {"HA", 2, 2}, {"FA", 3, 2}}};
  return table[static_cast<size_t>(kind)];
}

/// Bit `bit` of the pair index 64 w + k, for all k of word w.
uint64_t index_bit(int bit, size_t word) {
  static constexpr uint64_t patterns[6] = {0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
                                           0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000};
  if (bit < 6) return patterns[bit];
  return (word >> (bit - 6)) & 1 ? ~uint64_t{0} : 0;
}

/// Sets the gate's outputs for the 64 pairs of one word.
void evaluate(const Gate& gate, std::vector<uint64_t>& values) {
  const auto operand = [&](int i) { return gate.inputs[i] < 0 ? 0 : values[gate.inputs[i]]; };
  const uint64_t x = operand(0), y = operand(1), z = operand(2);
  uint64_t& out = values[gate.outputs[0]];
  switch (gate.kind) {
    case GateKind::inverter: out = ~x; break;
    case GateKind::and2: out = x & y; break;
    case GateKind::or2: out = x | y; break;
    case GateKind::xor2: out = x ^ y; break;
    case GateKind::nand2: out = ~(x & y); break;
    case GateKind::nor2: out = ~(x | y); break;
    case GateKind::xnor2: out = ~(x ^ y); break;
    case GateKind::half_adder:
      out = x ^ y;
      values[gate.outputs[1]] = x & y;
      break;
    case GateKind::full_adder:
      out = x ^ y ^ z;
      values[gate.outputs[1]] = (x & y) | (z & (x | y));
      break;
  }
}

/// Product of the pair in lane k of the word just evaluated.
int32_t product_of_lane(const Netlist& netlist, const std::vector<uint64_t>& values, size_t k) {
  const size_t bits = netlist.product.size();
  uint32_t value = 0;
  for (size_t i = 0; i < bits; ++i) value |= uint32_t(values[netlist.product[i]] >> k & 1) << i;
  if (netlist.is_signed && bits < 32 && value >> (bits - 1) & 1) value |= ~uint32_t{0} << bits;
  return static_cast<int32_t>(value);
}

}  // namespace

int input_count(GateKind kind) { return info(kind).inputs; }
int output_count(GateKind kind) { return info(kind).outputs; }
const char* gate_name(GateKind kind) { return info(kind).name; }

int count_gates(const Netlist& netlist, GateKind kind) {
  return static_cast<int>(std::count_if(netlist.gates.begin(), netlist.gates.end(),
                                        [&](const Gate& gate) { return gate.kind == kind; }));
}

NetlistBuilder::NetlistBuilder(std::string name, int a_bits, int b_bits, bool is_signed) {
  netlist_.name = std::move(name);
  netlist_.is_signed = is_signed;
  for (int i = 0; i < a_bits; ++i) netlist_.a.push_back(netlist_.net_count++);
  for (int i = 0; i < b_bits; ++i) netlist_.b.push_back(netlist_.net_count++);
}

Net NetlistBuilder::add(GateKind kind, std::array<Net, 3> inputs) {
  Gate gate{kind, inputs, {}};
  gate.outputs = {netlist_.net_count++, -1};
  if (output_count(kind) == 2) gate.outputs[1] = netlist_.net_count++;
  netlist_.gates.push_back(gate);
  return gate.outputs[0];
}

Net NetlistBuilder::not_(Net x) {
  if (x <= net_one) return 1 - x;
  return add(GateKind::inverter, {x, -1, -1});
}

Net NetlistBuilder::and_(Net x, Net y) {
  if (x == net_zero || y == net_zero) return net_zero;
  if (x == net_one || x == y) return y;
  if (y == net_one) return x;
  return add(GateKind::and2, {x, y, -1});
}

Net NetlistBuilder::or_(Net x, Net y) {
  if (x == net_one || y == net_one) return net_one;
  if (x == net_zero || x == y) return y;
  if (y == net_zero) return x;
  return add(GateKind::or2, {x, y, -1});
}

Net NetlistBuilder::xor_(Net x, Net y) {
  if (x == y) return net_zero;
  if (x <= net_one) std::swap(x, y);
  if (y == net_zero) return x;
  if (y == net_one) return not_(x);
  return add(GateKind::xor2, {x, y, -1});
}

Net NetlistBuilder::nand_(Net x, Net y) {
  if (x <= net_one || y <= net_one || x == y) return not_(and_(x, y));
  return add(GateKind::nand2, {x, y, -1});
}

Net NetlistBuilder::nor_(Net x, Net y) {
  if (x <= net_one || y <= net_one || x == y) return not_(or_(x, y));
  return add(GateKind::nor2, {x, y, -1});
}

Net NetlistBuilder::xnor_(Net x, Net y) {
  if (x <= net_one || y <= net_one || x == y) return not_(xor_(x, y));
  return add(GateKind::xnor2, {x, y, -1});
}

NetlistBuilder::SumCarry NetlistBuilder::half_adder(Net x, Net y) {
  if (x <= net_one || y <= net_one || x == y) return {xor_(x, y), and_(x, y)};
  const Net sum = add(GateKind::half_adder, {x, y, -1});
  return {sum, sum + 1};
}

NetlistBuilder::SumCarry NetlistBuilder::full_adder(Net x, Net y, Net z) {
  std::array<Net, 3> sorted{x, y, z};
  std::sort(sorted.begin(), sorted.end());
  if (sorted[0] == net_zero) return half_adder(sorted[1], sorted[2]);
  if (sorted[0] == net_one) return {not_(xor_(sorted[1], sorted[2])), or_(sorted[1], sorted[2])};
  const Net sum = add(GateKind::full_adder, {x, y, z});
  return {sum, sum + 1};
}

Netlist NetlistBuilder::finish(std::vector<Net> product) {
  std::vector<bool> used(netlist_.net_count, false);
  for (const Net net : product) used[net] = true;
  std::vector<Gate> kept;
  for (auto gate = netlist_.gates.rbegin(); gate != netlist_.gates.rend(); ++gate) {
    const bool drives = used[gate->outputs[0]] || (gate->outputs[1] >= 0 && used[gate->outputs[1]]);
    if (!drives) continue;
    for (int i = 0; i < input_count(gate->kind); ++i) used[gate->inputs[i]] = true;
    kept.push_back(*gate);
  }
  netlist_.gates.assign(kept.rbegin(), kept.rend());
  netlist_.product = std::move(product);
  return std::move(netlist_);
}

TruthTable truth_table(const Netlist& netlist) {
  TruthTable table;
  table.a_bits = static_cast<int>(netlist.a.size());
  table.b_bits = static_cast<int>(netlist.b.size());
  table.is_signed = netlist.is_signed;
  const size_t pairs = size_t{1} << (table.a_bits + table.b_bits);
  table.values.reserve(pairs);
  std::vector<uint64_t> values(netlist.net_count, 0);  // of 64 pairs at a time
  values[net_one] = ~uint64_t{0};
  for (size_t word = 0; 64 * word < pairs; ++word) {
    for (int i = 0; i < table.b_bits; ++i) values[netlist.b[i]] = index_bit(i, word);
    for (int i = 0; i < table.a_bits; ++i) values[netlist.a[i]] = index_bit(table.b_bits + i, word);
    for (const Gate& gate : netlist.gates) evaluate(gate, values);
    for (size_t k = 0; k < 64 && 64 * word + k < pairs; ++k)
      table.values.push_back(product_of_lane(netlist, values, k));
  }
  return table;
}

TruthTable exact_table(int a_bits, int b_bits, bool is_signed) {
  TruthTable table{a_bits, b_bits, is_signed, {}};
  const auto value = [&](int code, int bits) { return is_signed && code >> (bits - 1) ? code - (1 << bits) : code; };
  for (int a = 0; a < 1 << a_bits; ++a)
    for (int b = 0; b < 1 << b_bits; ++b) table.values.push_back(value(a, a_bits) * value(b, b_bits));
  return table;
}

}  // namespace tram
