#include "models/multiplier/families/building_blocks.hpp"

#include <algorithm>

#include "models/multiplier/structure/reduction_tree.hpp"

namespace tram {

Nets operand_a(const NetlistBuilder& builder, int bits) {
  Nets nets;
  for (int i = 0; i < bits; ++i) nets.push_back(builder.a(i));
  return nets;
}

Nets operand_b(const NetlistBuilder& builder, int bits) {
  Nets nets;
  for (int i = 0; i < bits; ++i) nets.push_back(builder.b(i));
  return nets;
}

MultiplierStructure without_partial_products(const std::string& name, int a_bits, int b_bits, bool is_signed,
                                             Accumulation accumulation,
                                             const std::function<bool(int i, int j)>& removed) {
  MultiplierStructure s = exact_structure(a_bits, b_bits, is_signed, accumulation);
  s.name = name;
  for (int i = 0; i < a_bits; ++i)
    for (int j = 0; j < b_bits; ++j)
      if (removed(i, j)) s.partial_product(i, j) = NetState::zero;
  reset_adders(s);
  return s;
}

FamilyMember structure_member(const std::string& name,
                              const std::function<MultiplierStructure(int a_bits, int b_bits)>& structure) {
  return {name, [structure](int a_bits, int b_bits) { return build_multiplier(structure(a_bits, b_bits)); }, structure};
}

Net mux(NetlistBuilder& builder, Net select, Net when_one, Net when_zero) {
  if (when_one == when_zero) return when_one;
  return builder.or_(builder.and_(select, when_one), builder.and_(builder.not_(select), when_zero));
}

Nets leading_one(NetlistBuilder& builder, const Nets& x) {
  Nets found(x.size());
  Net above = net_zero;
  for (size_t i = x.size(); i-- > 0;) {
    found[i] = builder.and_(x[i], builder.not_(above));
    above = builder.or_(above, x[i]);
  }
  return found;
}

Nets encode(NetlistBuilder& builder, const Nets& one_hot) {
  Nets index;
  for (int bit = 0; (size_t{1} << bit) < one_hot.size(); ++bit) {
    Net any = net_zero;
    for (size_t i = 0; i < one_hot.size(); ++i)
      if (i >> bit & 1) any = builder.or_(any, one_hot[i]);
    index.push_back(any);
  }
  return index;
}

Nets add(NetlistBuilder& builder, Nets x, Nets y) {
  const size_t bits = std::max(x.size(), y.size());
  x.resize(bits, net_zero);
  y.resize(bits, net_zero);
  Nets sum;
  Net carry = net_zero;
  for (size_t i = 0; i < bits; ++i) {
    const auto result = builder.full_adder(x[i], y[i], carry);
    sum.push_back(result.sum);
    carry = result.carry;
  }
  sum.push_back(carry);
  return sum;
}

Nets shift_left(NetlistBuilder& builder, const Nets& x, const Nets& amount, int width) {
  Nets shifted = x;
  shifted.resize(width, net_zero);
  for (size_t stage = 0; stage < amount.size(); ++stage) {
    const int by = 1 << stage;
    const Nets before = shifted;
    for (int i = 0; i < width; ++i)
      shifted[i] = mux(builder, amount[stage], i < by ? net_zero : before[i - by], before[i]);
  }
  return shifted;
}

Nets multiply(NetlistBuilder& builder, const Nets& x, const Nets& y) {
  std::vector<Nets> columns(x.size() + y.size());
  for (size_t i = 0; i < x.size(); ++i)
    for (size_t j = 0; j < y.size(); ++j) columns[i + j].push_back(builder.and_(x[i], y[j]));
  return sum_columns(builder, columns);
}

}  // namespace tram
