#include "models/multiplier/blif_elaboration.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "models/multiplier/blif.hpp"
#include "models/multiplier/product_codes.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// A bus by the names of its bits, such as A[0] .. A[7], lowest first.
struct Bus {
  std::string name;
  std::vector<std::pair<int, std::string>> bits;  ///< index, name
};

/// The buses in the order of their first appearance.
std::vector<Bus> buses(const std::vector<std::string>& names, BitOrder order, const std::string& file, long line) {
  std::vector<Bus> found;
  std::map<std::string, size_t> position;  // in found
  for (const std::string& name : names) {
    const size_t bracket = name.find('[');
    const bool indexed = bracket != std::string::npos && bracket > 0 && name.back() == ']' &&
                         name.find_first_not_of("0123456789", bracket + 1) == name.size() - 1 &&
                         name.size() - bracket - 2 >= 1 && name.size() - bracket - 2 <= 3;
    if (!indexed) throw InputError(file, line, fmt::format("port '{}'; a bus bit such as A[0] is expected", name));
    const std::string bus = name.substr(0, bracket);
    const auto at = position.emplace(bus, found.size());
    if (at.second) found.push_back({bus, {}});
    found[at.first->second].bits.emplace_back(std::stoi(name.substr(bracket + 1)), name);
  }
  if (order == BitOrder::listed) return found;
  for (Bus& bus : found) {
    std::sort(bus.bits.begin(), bus.bits.end());
    for (size_t i = 0; i < bus.bits.size(); ++i) {
      if (i && bus.bits[i].first == bus.bits[i - 1].first)
        throw InputError(file, line, fmt::format("port '{}' stands there twice; once is expected", bus.bits[i].second));
      if (bus.bits[i].first != static_cast<int>(i))
        throw InputError(file, line, fmt::format("bus '{}' has gaps; bits 0 to n-1 are expected", bus.name));
    }
  }
  return found;
}

/// Builds gates for the nets that the outputs need.
class Elaborator {
 public:
  Elaborator(const BlifModel& model, BitOrder order, const std::string& file)
      : model_(model), order_(order), file_(file), inputs_(buses(model.inputs, order, file, model.inputs_line)),
        builder_(model.name, width(0), width(1), model.is_signed) {
    for (int side = 0; side < 2; ++side)
      for (int i = 0; i < width(side); ++i)
        nets_[inputs_[side].bits[i].second] = side == 0 ? builder_.a(i) : builder_.b(i);
    for (size_t i = 0; i < model.covers.size(); ++i) {
      const BlifCover& cover = model.covers[i];
      if (nets_.count(cover.output))
        throw InputError(file, cover.line,
                         fmt::format("input '{}' is driven; a net or an output is expected", cover.output));
      if (!driver_.emplace(cover.output, i).second)
        throw InputError(file, cover.line, fmt::format("net '{}' has a second driver", cover.output));
    }
  }

  ElaboratedBlif build() {
    const std::vector<Bus> outputs = buses(model_.outputs, order_, file_, model_.outputs_line);
    if (outputs.size() != 1)
      throw InputError(file_, model_.outputs_line,
                       fmt::format("{} output buses; one, the product, is expected", outputs.size()));
    std::vector<Net> product;
    for (const auto& [bit, name] : outputs[0].bits) product.push_back(net(name, model_.outputs_line));
    return {builder_.finish(std::move(product)), inputs_[0].name, inputs_[1].name, outputs[0].name};
  }

 private:
  int width(size_t side) const {
    if (inputs_.size() != 2)
      throw InputError(file_, model_.inputs_line,
                       fmt::format("{} input buses; two operands are expected", inputs_.size()));
    return static_cast<int>(inputs_[side].bits.size());
  }

  /// The net of this name, its driver built first; depth-first without recursion.
  Net net(const std::string& wanted, long line) {
    std::vector<std::pair<std::string, long>> pending = {{wanted, line}};
    while (!pending.empty()) {
      const auto [name, where] = pending.back();
      if (nets_.count(name)) {
        pending.pop_back();
        continue;
      }
      const auto found = driver_.find(name);
      if (found == driver_.end()) throw InputError(file_, where, fmt::format("net '{}' is not driven", name));
      const BlifCover& cover = model_.covers[found->second];
      std::vector<std::pair<std::string, long>> missing;
      for (const std::string& input : cover.inputs)
        if (!nets_.count(input)) missing.push_back({input, cover.line});
      if (missing.empty()) {
        build(found->second);
        pending.pop_back();
      } else if (!open_.insert(name).second) {
        throw InputError(file_, cover.line,
                         fmt::format("net '{}' depends on itself; a combinational netlist is expected", name));
      } else {
        pending.insert(pending.end(), missing.begin(), missing.end());
      }
    }
    return nets_.at(wanted);
  }

  /// The gates of a cover; of a sum and a carry that stand next to each other, as to_blif writes them, an adder.
  void build(size_t index) {
    const size_t sum = is_sum_of_adder(index) ? index : index - 1;  // wraps at 0
    if (!is_sum_of_adder(sum)) {
      nets_[model_.covers[index].output] = gate(model_.covers[index]);
      return;
    }
    const BlifCover& cover = model_.covers[sum];
    std::vector<Net> in;
    for (const std::string& input : cover.inputs) in.push_back(nets_.at(input));
    const auto outputs = in.size() == 2 ? builder_.half_adder(in[0], in[1]) : builder_.full_adder(in[0], in[1], in[2]);
    nets_[cover.output] = outputs.sum;
    nets_[model_.covers[sum + 1].output] = outputs.carry;
  }

  bool is_sum_of_adder(size_t index) const {
    if (index >= model_.covers.size() || index + 1 >= model_.covers.size()) return false;
    const BlifCover &sum = model_.covers[index], &carry = model_.covers[index + 1];
    if (sum.inputs != carry.inputs || sum.inputs.size() < 2 || sum.inputs.size() > 3) return false;
    const bool is_full = sum.inputs.size() == 3;
    return sum.truth_table() == (is_full ? parity : exclusive) && carry.truth_table() == (is_full ? majority : both);
  }

  /// The gates of a cover: one for a two-input function, few for the sum and carry of a full adder, else those of its
  /// sum of cubes.
  Net gate(const BlifCover& cover) {
    std::vector<Net> in;
    for (const std::string& input : cover.inputs) in.push_back(nets_.at(input));
    if (in.size() == 2) return two_input(cover.truth_table(), in[0], in[1]);
    if (in.size() == 3 && cover.truth_table() == parity) return builder_.xor_(builder_.xor_(in[0], in[1]), in[2]);
    if (in.size() == 3 && cover.truth_table() == majority)
      return builder_.or_(builder_.and_(in[0], in[1]), builder_.and_(in[2], builder_.or_(in[0], in[1])));
    Net any = net_zero;
    for (const std::string& cube : cover.cubes) {
      Net all = net_one;
      for (size_t i = 0; i < cube.size(); ++i)
        if (cube[i] != '-') all = builder_.and_(all, cube[i] == '1' ? in[i] : builder_.not_(in[i]));
      any = builder_.or_(any, all);
    }
    return cover.on_set ? any : builder_.not_(any);
  }

  /// Bit (2 y + x) of the table is the value for inputs x, y.
  Net two_input(unsigned table, Net x, Net y) {
    switch (table) {
      case 0b0000: return net_zero;
      case 0b1111: return net_one;
      case 0b1010: return x;
      case 0b1100: return y;
      case 0b0101: return builder_.not_(x);
      case 0b0011: return builder_.not_(y);
      case 0b0110: return builder_.xor_(x, y);
      case 0b1001: return builder_.xnor_(x, y);
      case 0b1000: return builder_.and_(x, y);
      case 0b0111: return builder_.nand_(x, y);
      case 0b1110: return builder_.or_(x, y);
      case 0b0001: return builder_.nor_(x, y);
      case 0b0010: return builder_.and_(x, builder_.not_(y));
      case 0b0100: return builder_.and_(builder_.not_(x), y);
      case 0b1011: return builder_.or_(x, builder_.not_(y));
      default: return builder_.or_(builder_.not_(x), y);  // 0b1101
    }
  }

  static constexpr unsigned parity = 0x96, majority = 0xe8;  ///< truth tables over three inputs
  static constexpr unsigned exclusive = 0x6, both = 0x8;      ///< over two

  const BlifModel& model_;
  BitOrder order_;
  const std::string& file_;
  std::vector<Bus> inputs_;
  NetlistBuilder builder_;
  std::map<std::string, size_t> driver_;
  std::map<std::string, Net> nets_;
  std::set<std::string> open_;
};

}  // namespace

ElaboratedBlif elaborate_blif(const std::string& text, BitOrder order, const std::string& file) {
  const BlifModel model = parse_blif_model(text, file);
  ElaboratedBlif elaborated = Elaborator(model, order, file).build();
  const Netlist& netlist = elaborated.netlist;
  const size_t widest_product = std::max<size_t>(31, netlist.a.size() + netlist.b.size());  // 31: tables are int32_t
  if (std::max(netlist.a.size(), netlist.b.size()) > widest_operand || netlist.product.size() > widest_product)
    throw InputError(file, model.inputs_line,
                     fmt::format("operands of {} and {} bits, product of {}; up to {} each and 31, or their sum, are expected",
                                 netlist.a.size(), netlist.b.size(), netlist.product.size(), widest_operand));
  return elaborated;
}

}  // namespace tram
