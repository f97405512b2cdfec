#include "models/multiplier/structure/structure.hpp"

#include <algorithm>
#include <cctype>

#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

void check_widths(int a_bits, int b_bits, const std::string& where) {
  if (std::min(a_bits, b_bits) < 2 || std::max(a_bits, b_bits) > 16)
    throw InputError(where, fmt::format("operands of {} and {} bits; 2 to 16 each are expected", a_bits, b_bits));
}

void check_or_groups(const MultiplierStructure& s, const std::string& where) {
  std::vector<bool> taken(s.partial_products.size(), false);
  for (const OrGroup& group : s.or_groups) {
    if (group.rows.size() < 2 || !std::is_sorted(group.rows.begin(), group.rows.end()))
      throw InputError(where, fmt::format("OR group of {} rows in column {}; two or more in rising order are expected",
                                          group.rows.size(), group.column));
    for (const int i : group.rows) {
      const int j = group.column - i;
      if (i < 0 || i >= s.a_bits || j < 0 || j >= s.b_bits)
        throw InputError(where,
                         fmt::format("OR group with row {} in column {}; a partial product of the {} x {} matrix "
                                     "is expected",
                                     i, group.column, s.a_bits, s.b_bits));
      if (taken[i * s.b_bits + j])
        throw InputError(where,
                         fmt::format("partial product ({}, {}) stands in OR groups twice; once is expected", i, j));
      taken[i * s.b_bits + j] = true;
    }
  }
}

/// Checks all but the number of adders, which follows from the rest.
void check_dots(const MultiplierStructure& s, const std::string& where) {
  if (!is_structure_name(s.name))
    throw InputError(where, "the structure's name; 1 to 100 letters, digits, _, -, . or + are expected");
  check_widths(s.a_bits, s.b_bits, where);
  if (std::ssize(s.partial_products) != s.a_bits * s.b_bits)
    throw InputError(
        where, fmt::format("{} partial products; {} are expected", s.partial_products.size(), s.a_bits * s.b_bits));
  const int limit = 1 << (s.a_bits + s.b_bits);
  if (s.compensation <= -limit || s.compensation >= limit)
    throw InputError(where, fmt::format("compensation {}; {} to {} is expected", s.compensation, 1 - limit, limit - 1));
  check_or_groups(s, where);
}

/// The structure's nets, made by the builder.
class NetlistMaker {
 public:
  NetlistMaker(const MultiplierStructure& s, const ReductionTree& tree)
      : s_(s), tree_(tree), builder_(s.name, s.a_bits, s.b_bits, s.is_signed) {}

  Netlist make() {
    for (const TreeDot& dot : tree_.dots) nets_.push_back(this->dot(dot));
    for (size_t k = 0; k < tree_.adders.size(); ++k) {
      const std::array<int, 3>& in = tree_.adders[k].inputs;
      const auto [sum, carry] = in[2] < 0 ? builder_.half_adder(nets_[in[0]], nets_[in[1]])
                                          : builder_.full_adder(nets_[in[0]], nets_[in[1]], nets_[in[2]]);
      nets_.push_back(with_state(s_.adders[k].sum, sum));
      nets_.push_back(with_state(s_.adders[k].carry, carry));
    }
    std::vector<Net> product;
    for (const int signal : tree_.product) product.push_back(signal < 0 ? net_zero : nets_[signal]);
    return builder_.finish(std::move(product));
  }

 private:
  static Net with_state(NetState state, Net net) {
    return state == NetState::keep ? net : state == NetState::zero ? net_zero : net_one;
  }

  Net dot(const TreeDot& dot) {
    if (dot.state != NetState::keep) return with_state(dot.state, net_zero);
    Net any = net_zero;
    for (const int index : dot.partial_products) any = builder_.or_(any, partial_product(index));
    return any;
  }

  Net partial_product(int index) {
    const int i = index / s_.b_bits, j = index % s_.b_bits;
    const bool inverted = s_.is_signed && (i == s_.a_bits - 1) != (j == s_.b_bits - 1);
    return inverted ? builder_.nand_(builder_.a(i), builder_.b(j)) : builder_.and_(builder_.a(i), builder_.b(j));
  }

  const MultiplierStructure& s_;
  const ReductionTree& tree_;
  NetlistBuilder builder_;
  std::vector<Net> nets_;  ///< by signal of the tree
};

void check_adder_count(const MultiplierStructure& s, const ReductionTree& tree, const std::string& where) {
  if (s.adders.size() != tree.adders.size())
    throw InputError(where, fmt::format("states of {} adders; {} are expected", s.adders.size(), tree.adders.size()));
}

}  // namespace

bool is_structure_name(const std::string& name) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '+'; };
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), is_word);
}

MultiplierStructure exact_structure(int a_bits, int b_bits, bool is_signed, Accumulation accumulation, TreeForm tree) {
  check_widths(a_bits, b_bits, "structure");
  MultiplierStructure s;
  s.a_bits = a_bits;
  s.b_bits = b_bits;
  s.is_signed = is_signed;
  s.accumulation = accumulation;
  s.tree = tree;
  s.partial_products.assign(a_bits * b_bits, NetState::keep);
  reset_adders(s);
  return s;
}

void reset_adders(MultiplierStructure& s) {
  check_dots(s, s.name);
  s.adders.assign(reduction_tree(s).adders.size(), {});
}

void check_structure(const MultiplierStructure& s, const std::string& where) {
  check_dots(s, where);
  check_adder_count(s, reduction_tree(s), where);
}

Netlist build_multiplier(const MultiplierStructure& s) {
  check_dots(s, s.name);
  const ReductionTree tree = reduction_tree(s);
  check_adder_count(s, tree, s.name);
  return NetlistMaker(s, tree).make();
}

}  // namespace tram
