#include "models/multiplier/netlist.hpp"

#include <algorithm>

#include "models/multiplier/bit_planes.hpp"
#include "models/multiplier/gate_kinds.hpp"
#include "models/multiplier/netlist_blocks.hpp"
#include "models/multiplier/product_codes.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Simulates all nets for all operand pairs: visit(first word, values) a block.
template <typename Visit>
void simulate(const Netlist& netlist, const Visit& visit) {
  const size_t pairs = size_t{1} << (netlist.a.size() + netlist.b.size());
  simulate_blocks(
      netlist, (pairs + 63) / 64, [](int bit, size_t word) { return index_plane(bit, word); }, visit);
}

}  // namespace

void evaluate_block(const Gate& gate, uint64_t* values) {
  const auto words = [&](Net net) { return values + (net < 0 ? 0 : net) * simulated_block; };  // 0 where there is none
  const uint64_t *x = words(gate.inputs[0]), *y = words(gate.inputs[1]), *z = words(gate.inputs[2]);
  const GateKindInfo& info = gate_info(gate.kind);
  for (size_t o = 0; o < static_cast<size_t>(info.output_count); ++o) {
    uint64_t* const out = words(gate.outputs[o]);
    const uint64_t inverted = info.outputs[o].inverted ? ~uint64_t{0} : 0;
    const auto each = [&](auto function) {
      for (size_t w = 0; w < simulated_block; ++w) out[w] = function(x[w], y[w], z[w]) ^ inverted;
    };
    switch (info.outputs[o].function) {
      case GateFunction::conjunction: each([](uint64_t p, uint64_t q, uint64_t) { return p & q; }); break;
      case GateFunction::disjunction: each([](uint64_t p, uint64_t q, uint64_t) { return p | q; }); break;
      case GateFunction::exclusive: each([](uint64_t p, uint64_t q, uint64_t r) { return p ^ q ^ r; }); break;
      case GateFunction::majority: each([](uint64_t p, uint64_t q, uint64_t r) { return (p & q) | (r & (p | q)); });
    }
  }
}

int input_count(GateKind kind) { return gate_info(kind).inputs; }
int output_count(GateKind kind) { return gate_info(kind).output_count; }
const char* gate_name(GateKind kind) { return gate_info(kind).name; }

int count_gates(const Netlist& netlist, GateKind kind) {
  return static_cast<int>(
      std::count_if(netlist.gates.begin(), netlist.gates.end(), [&](const Gate& gate) { return gate.kind == kind; }));
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
  if (sorted[0] == net_one) return {xnor_(sorted[1], sorted[2]), or_(sorted[1], sorted[2])};
  if (sorted[0] == sorted[1]) return {sorted[2], sorted[0]};
  if (sorted[1] == sorted[2]) return {sorted[0], sorted[1]};
  const Net sum = add(GateKind::full_adder, {x, y, z});
  return {sum, sum + 1};
}

Netlist NetlistBuilder::finish(std::vector<Net> product) {
  std::vector<bool> used(netlist_.net_count, false);
  for (const Net net : product) used[net] = true;
  std::vector<Gate> kept;  // last gate first
  for (auto gate = netlist_.gates.rbegin(); gate != netlist_.gates.rend(); ++gate) {
    const bool first = used[gate->outputs[0]], second = gate->outputs[1] >= 0 && used[gate->outputs[1]];
    if (!first && !second) continue;
    for (int i = 0; i < input_count(gate->kind); ++i) used[gate->inputs[i]] = true;
    if (output_count(gate->kind) == 1 || (first && second)) kept.push_back(*gate);
    else keep_half(*gate, first, kept);
  }
  netlist_.gates.assign(kept.rbegin(), kept.rend());
  netlist_.product = std::move(product);
  return std::move(netlist_);
}

/// The gates of an adder's sum alone (XOR) or carry alone (AND, majority), last first.
void NetlistBuilder::keep_half(const Gate& adder, bool sum, std::vector<Gate>& kept) {
  const auto& [x, y, z] = adder.inputs;
  const auto new_net = [&] { return netlist_.net_count++; };
  const auto keep = [&](GateKind kind, Net p, Net q, Net out) { kept.push_back({kind, {p, q, -1}, {out, -1}}); };
  if (adder.kind == GateKind::half_adder)
    return keep(sum ? GateKind::xor2 : GateKind::and2, x, y, adder.outputs[sum ? 0 : 1]);
  if (sum) {
    const Net half = new_net();
    keep(GateKind::xor2, half, z, adder.outputs[0]);
    return keep(GateKind::xor2, x, y, half);
  }
  const Net any = new_net(), both = new_net(), with_z = new_net();
  keep(GateKind::or2, both, with_z, adder.outputs[1]);
  keep(GateKind::and2, z, any, with_z);
  keep(GateKind::and2, x, y, both);
  keep(GateKind::or2, x, y, any);
}

Netlist widen(Netlist multiplier, int a_bits, int b_bits) {
  const auto a = static_cast<size_t>(a_bits), b = static_cast<size_t>(b_bits);
  if (a < multiplier.a.size() || b < multiplier.b.size())
    throw InputError(multiplier.name, fmt::format("operands of {} x {} bits; at most {} x {} are expected",
                                                  multiplier.a.size(), multiplier.b.size(), a_bits, b_bits));
  while (multiplier.a.size() < a) multiplier.a.push_back(multiplier.net_count++);
  while (multiplier.b.size() < b) multiplier.b.push_back(multiplier.net_count++);
  const Net above = multiplier.is_signed ? multiplier.product.back() : net_zero;
  while (multiplier.product.size() < a + b) multiplier.product.push_back(above);
  return multiplier;
}

Netlist with_sign(Netlist magnitudes) {
  if (magnitudes.is_signed)
    throw InputError(magnitudes.name, "signed operands; unsigned ones are expected for magnitudes");
  const size_t bits = magnitudes.a.size() + magnitudes.b.size();
  if (magnitudes.product.size() > bits)
    throw InputError(magnitudes.name,
                     fmt::format("a product of {} bits; at most {} are expected", magnitudes.product.size(), bits));
  magnitudes.product.resize(bits, net_zero);
  magnitudes.a.push_back(magnitudes.net_count++);
  magnitudes.product.push_back(magnitudes.a.back());
  magnitudes.sign_magnitude = true;
  return magnitudes;
}

TruthTable truth_table(const Netlist& netlist) {
  TruthTable table;
  table.a_bits = static_cast<int>(netlist.a.size());
  table.b_bits = static_cast<int>(netlist.b.size());
  table.is_signed = netlist.is_signed;
  table.sign_magnitude = netlist.sign_magnitude;
  const int bits = static_cast<int>(netlist.product.size());
  if (std::max(table.a_bits, table.b_bits) > widest_table_operand)
    throw InputError(netlist.name, fmt::format("operands of {} x {} bits; a table holds up to {} each", table.a_bits,
                                               table.b_bits, widest_table_operand));
  if (bits > 32) throw InputError(netlist.name, fmt::format("a product of {} bits; up to 32 are expected", bits));
  const size_t pairs = size_t{1} << (table.a_bits + table.b_bits);
  table.values.resize((pairs + 63) / 64 * 64);
  simulate(netlist, [&](size_t first, const uint64_t* values) {
    for (size_t w = 0; w < simulated_block && 64 * (first + w) < pairs; ++w) {
      uint64_t planes[32];
      for (int i = 0; i < bits; ++i) planes[i] = values[netlist.product[i] * simulated_block + w];
      unpack_lanes(planes, bits, netlist.is_signed, &table.values[64 * (first + w)]);
    }
  });
  table.values.resize(pairs);
  const int32_t top = netlist.sign_magnitude ? int32_t{1} << (bits - 1) : 0;
  for (int32_t& value : table.values)
    if ((value & top) != 0) value = top - value;
  return table;
}

std::vector<std::vector<uint64_t>> net_planes(const Netlist& netlist) {
  const size_t words = ((size_t{1} << (netlist.a.size() + netlist.b.size())) + 63) / 64;
  std::vector<std::vector<uint64_t>> planes(static_cast<size_t>(netlist.net_count), std::vector<uint64_t>(words));
  simulate(netlist, [&](size_t first, const uint64_t* values) {
    for (size_t net = 0; net < planes.size(); ++net)
      std::copy_n(values + net * simulated_block, std::min(simulated_block, words - first),
                  planes[net].begin() + static_cast<int64_t>(first));
  });
  return planes;
}

TruthTable transposed(const TruthTable& table) {
  if (table.sign_magnitude) throw std::logic_error("a table of sign and magnitude has its sign in operand a");
  TruthTable other{table.b_bits, table.a_bits, table.is_signed, {}};
  other.values.reserve(table.values.size());
  for (uint32_t b = 0; b < 1u << table.b_bits; ++b)
    for (uint32_t a = 0; a < 1u << table.a_bits; ++a) other.values.push_back(table.at(a, b));
  return other;
}

TruthTable exact_table(int a_bits, int b_bits, bool is_signed) {
  TruthTable table{a_bits, b_bits, is_signed, {}};
  const auto value = [&](int code, int bits) { return is_signed && code >> (bits - 1) ? code - (1 << bits) : code; };
  for (int a = 0; a < 1 << a_bits; ++a)
    for (int b = 0; b < 1 << b_bits; ++b) table.values.push_back(value(a, a_bits) * value(b, b_bits));
  return table;
}

}  // namespace tram
