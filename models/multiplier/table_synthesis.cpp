#include "models/multiplier/table_synthesis.hpp"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/gate_kinds.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/process.hpp"
#include "models/support/temporary_folder.hpp"

namespace tram {
namespace {

/// Reduced ordered binary decision diagrams that share their nodes (Bryant 1986). Node 0 is false, 1 true.
class DecisionDiagrams {
 public:
  struct Node {
    int variable;
    uint32_t low, high;
  };

  /// order[i] is the bit of the table's index that variable i tests; variable 0 is at the root.
  explicit DecisionDiagrams(std::vector<int> order) : order_(std::move(order)), nodes_(2) {}

  /// The root of one bit of the values.
  uint32_t add(const std::vector<int32_t>& values, int bit) {
    std::vector<uint32_t> level(values.size());
    for (size_t i = 0; i < values.size(); ++i) level[permuted(i)] = static_cast<uint32_t>(values[i]) >> bit & 1;
    for (int variable = static_cast<int>(order_.size()) - 1; variable >= 0; --variable) {
      for (size_t i = 0; i < level.size() / 2; ++i) level[i] = node(variable, level[2 * i], level[2 * i + 1]);
      level.resize(level.size() / 2);
    }
    return level[0];
  }

  const std::vector<Node>& nodes() const { return nodes_; }
  int index_bit(int variable) const { return order_[variable]; }

 private:
  /// The index with its bits in the order of the variables, variable 0 highest.
  size_t permuted(size_t index) const {
    size_t result = 0;
    for (const int bit : order_) result = result << 1 | (index >> bit & 1);
    return result;
  }

  uint32_t node(int variable, uint32_t low, uint32_t high) {
    if (low == high) return low;
    const uint64_t key = static_cast<uint64_t>(variable) << 56 | uint64_t{low} << 28 | high;  // below 2^21 nodes
    const auto [found, is_new] = unique_.emplace(key, 0);
    if (!is_new) return found->second;
    nodes_.push_back({variable, low, high});
    return found->second = static_cast<uint32_t>(nodes_.size() - 1);
  }

  std::vector<int> order_;
  std::vector<Node> nodes_;
  std::unordered_map<uint64_t, uint32_t> unique_;
};

/// Orders of the index's bits to try: operands one after the other or interleaved, from the highest bits or the lowest.
std::vector<std::vector<int>> variable_orders(int a_bits, int b_bits) {
  std::vector<std::vector<int>> orders;
  for (const bool interleaved : {true, false})
    for (const bool highest_first : {true, false}) {
      std::vector<std::pair<int, int>> keyed;  // place in the order, bit of the index
      for (int i = 0; i < a_bits; ++i) {
        const int rank = highest_first ? a_bits - 1 - i : i;
        keyed.emplace_back(interleaved ? 2 * rank : rank, b_bits + i);
      }
      for (int i = 0; i < b_bits; ++i) {
        const int rank = highest_first ? b_bits - 1 - i : i;
        keyed.emplace_back(interleaved ? 2 * rank + 1 : a_bits + rank, i);
      }
      std::sort(keyed.begin(), keyed.end());
      orders.emplace_back();
      for (const auto& [place, bit] : keyed) orders.back().push_back(bit);
    }
  return orders;
}

struct Diagrams {
  DecisionDiagrams nodes;
  std::vector<uint32_t> roots;  ///< a product bit each
};

/// The smallest diagrams of the orders tried, of the lowest bits of the table's values.
Diagrams smallest_diagrams(const TruthTable& table, int bits) {
  std::vector<Diagrams> tried;
  for (const std::vector<int>& order : variable_orders(table.a_bits, table.b_bits)) {
    Diagrams diagrams{DecisionDiagrams(order), {}};
    for (int bit = 0; bit < bits; ++bit) diagrams.roots.push_back(diagrams.nodes.add(table.values, bit));
    tried.push_back(std::move(diagrams));
  }
  return *std::min_element(tried.begin(), tried.end(), [](const Diagrams& x, const Diagrams& y) {
    return x.nodes.nodes().size() < y.nodes.nodes().size();
  });
}

/// A multiplexer a node; the nets of the roots.
std::vector<Net> multiplexers(NetlistBuilder& builder, const TruthTable& table, int bits) {
  const Diagrams diagrams = smallest_diagrams(table, bits);
  std::vector<Net> nets = {net_zero, net_one};
  const auto& nodes = diagrams.nodes.nodes();
  for (size_t i = 2; i < nodes.size(); ++i) {
    const int bit = diagrams.nodes.index_bit(nodes[i].variable);
    const Net select = bit < table.b_bits ? builder.b(bit) : builder.a(bit - table.b_bits);
    nets.push_back(
        builder.or_(builder.and_(select, nets[nodes[i].high]), builder.and_(builder.not_(select), nets[nodes[i].low])));
  }
  std::vector<Net> roots;
  for (const uint32_t root : diagrams.roots) roots.push_back(nets[root]);
  return roots;
}

/// The nets of an exact product, of 4 to 8 bits an operand.
std::vector<Net> exact_product(NetlistBuilder& builder, const TruthTable& table) {
  const Netlist exact = build_multiplier(exact_structure(table.a_bits, table.b_bits, table.is_signed));
  std::vector<Net> nets(exact.net_count, net_zero);
  nets[net_one] = net_one;
  for (int i = 0; i < table.a_bits; ++i) nets[exact.a[i]] = builder.a(i);
  for (int i = 0; i < table.b_bits; ++i) nets[exact.b[i]] = builder.b(i);
  for (const Gate& gate : exact.gates) {
    std::array<Net, 3> inputs{-1, -1, -1};
    for (int i = 0; i < input_count(gate.kind); ++i) inputs[i] = nets[gate.inputs[i]];
    const std::array<Net, 2> outputs = add_gate(builder, gate.kind, inputs);
    for (int o = 0; o < output_count(gate.kind); ++o) nets[gate.outputs[o]] = outputs[o];
  }
  std::vector<Net> product;
  for (const Net net : exact.product) product.push_back(nets[net]);
  return product;
}

/// The table's values from diagrams alone.
Netlist direct_netlist(const TruthTable& table, int bits, const std::string& name) {
  NetlistBuilder builder(name, table.a_bits, table.b_bits, table.is_signed);
  return builder.finish(multiplexers(builder, table, bits));
}

/// An exact product plus the error, which comes from diagrams; the sum modulo 2^bits.
Netlist corrected_netlist(const TruthTable& table, int bits, const std::string& name) {
  const TruthTable exact = exact_table(table.a_bits, table.b_bits, table.is_signed);
  TruthTable error = table;
  for (size_t i = 0; i < error.values.size(); ++i)
    error.values[i] = static_cast<int32_t>(int64_t{table.values[i]} - exact.values[i]);
  NetlistBuilder builder(name, table.a_bits, table.b_bits, table.is_signed);
  const std::vector<Net> errors = multiplexers(builder, error, bits);
  std::vector<Net> product = exact_product(builder, table);
  product.resize(bits, table.is_signed ? product.back() : net_zero);
  Net carry = net_zero;
  for (int i = 0; i < bits; ++i) {
    const auto sum = builder.full_adder(product[i], errors[i], carry);
    product[i] = sum.sum;
    carry = sum.carry;
  }
  return builder.finish(std::move(product));
}

/// Bits that hold all products.
int product_bits(const TruthTable& table, const std::string& name) {
  const auto [least, most] = std::minmax_element(table.values.begin(), table.values.end());
  if (!table.is_signed && *least < 0)
    throw InputError(name, fmt::format("the product {} of an unsigned multiplier; none below 0 is expected for a "
                                       "netlist (is the table signed, or are its products wrapped?)",
                                       *least));
  const auto magnitude = static_cast<uint32_t>(std::max(*most, ~*least));
  const int needed = static_cast<int>(std::bit_width(magnitude)) + table.is_signed;
  return std::max(needed, table.a_bits + table.b_bits);
}

Netlist optimised(const Netlist& netlist) {
  if (find_program("yosys").empty())
    throw InputError("yosys", "not found on PATH; it optimises netlists: install it (Debian package yosys)");
  const TemporaryFolder folder;
  write_file(folder.path() / "table.blif", to_blif(netlist));
  const std::string script =
      "read_blif table.blif; abc -g AND,NAND,OR,NOR,XOR,XNOR; opt_clean; write_blif netlist.blif";
  const ProcessResult result = run_tool({"yosys", "-q", "-p", script}, folder.path());
  if (result.exit_code != 0) throw RunError(fmt::format("Yosys failed on the netlist of '{}'", netlist.name));
  Netlist small = parse_blif(read_file(folder.path() / "netlist.blif"), netlist.name);
  small.name = netlist.name;
  small.is_signed = netlist.is_signed;
  return small;
}

}  // namespace

Netlist synthesise_table(const TruthTable& table, const std::string& name) {
  const int bits = product_bits(table, name);
  Netlist start = direct_netlist(table, bits, name);
  if (std::min(table.a_bits, table.b_bits) >= 4) {
    Netlist corrected = corrected_netlist(table, bits, name);
    if (corrected.gates.size() < start.gates.size()) start = std::move(corrected);
  }
  Netlist netlist = optimised(start);
  if (truth_table(netlist).values != table.values)
    throw RunError(fmt::format("the netlist that Yosys made of the table '{}' has other products", name));
  return netlist;
}

}  // namespace tram
