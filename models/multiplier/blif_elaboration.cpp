#include "models/multiplier/blif_elaboration.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "models/multiplier/blif.hpp"
#include "models/multiplier/product_codes.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Builds gates for the nets that the outputs need.
class Elaborator {
 public:
  Elaborator(const BlifModel& model, const BlifPorts& ports, const std::string& file)
      : model_(model), ports_(ports), file_(file), builder_(model.name, static_cast<int>(ports.a.bits.size()),
                                                            static_cast<int>(ports.b.bits.size()), model.is_signed) {
    for (size_t i = 0; i < ports.a.bits.size(); ++i) nets_[ports.a.bits[i]] = builder_.a(static_cast<int>(i));
    for (size_t i = 0; i < ports.b.bits.size(); ++i) nets_[ports.b.bits[i]] = builder_.b(static_cast<int>(i));
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
    std::vector<Net> product;
    for (const std::string& name : ports_.product.bits) product.push_back(net(name, model_.outputs_line));
    return {builder_.finish(std::move(product)), ports_.a.name, ports_.b.name, ports_.product.name};
  }

 private:
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
      if (is_undefined(name))
        throw InputError(file_, where, fmt::format("'{}', an unknown value, is used; 0 or 1 is expected", name));
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

  /// Yosys' name for x and z bits, in the model or in an instance; the cover that it writes for it is a 0.
  static bool is_undefined(const std::string& name) { return name == "$undef" || name.ends_with(" $undef"); }

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
  static constexpr unsigned exclusive = 0x6, both = 0x8;     ///< over two

  const BlifModel& model_;
  const BlifPorts& ports_;
  const std::string& file_;
  NetlistBuilder builder_;
  std::map<std::string, size_t> driver_;
  std::map<std::string, Net> nets_;
  std::set<std::string> open_;
};

}  // namespace

ElaboratedBlif elaborate_blif(const std::string& text, const std::string& file,
                              const std::optional<DeclaredPorts>& declared) {
  const BlifModel model = parse_blif_model(text, file);
  const BlifPorts ports = find_ports(model, declared, file);
  const size_t a = ports.a.bits.size(), b = ports.b.bits.size(), product = ports.product.bits.size();
  const auto refuse = [&](long line, const std::string& what) {
    if (declared) throw InputError(file, what);  // the lines are those of Yosys' text
    throw InputError(file, line, what);
  };
  const size_t widest_product = std::max<size_t>(31, a + b);  // 31: tables are int32_t
  if (std::max(a, b) > widest_operand || product > widest_product)
    refuse(model.inputs_line,
           fmt::format("operands of {} and {} bits, product of {}; operands of up to {} bits and a product "
                       "of up to {} are expected",
                       a, b, product, widest_operand, widest_product));
  if (product < std::max(a, b))
    refuse(model.outputs_line,
           fmt::format("product '{}' of {} bits, narrower than its operands of {} and {}; {} bits are expected",
                       ports.product.name, product, a, b, a + b));
  return Elaborator(model, ports, file).build();
}

}  // namespace tram
