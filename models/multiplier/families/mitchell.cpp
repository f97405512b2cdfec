// Mitchell's logarithmic multiplier. An operand 2^k (1 + x) has the logarithm k + x, read from its bits: k is the place
// of the leading one, x the bits below it. The sum K + f of two logarithms stands for 2^K (1 + f), the part of it below
// 1 cut off. 0 for an operand 0. Never above the exact product, at most 11.1 % (and the cut) below it.
// J. N. Mitchell, "Computer multiplication and division using binary logarithms", IRE Trans. Electronic Computers 1962.
#include <algorithm>

#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"

namespace tram {
namespace {

/// Fraction (`fraction` bits) and above it the characteristic of the operand's logarithm.
Nets logarithm(NetlistBuilder& builder, const Nets& x, int fraction) {
  const Nets leading = leading_one(builder, x);
  Nets bits(fraction, net_zero);
  for (int k = 1; k < static_cast<int>(x.size()); ++k)
    for (int u = 0; u < k; ++u) {
      Net& bit = bits[fraction - 1 - u];
      bit = builder.or_(bit, builder.and_(leading[k], x[k - 1 - u]));
    }
  for (const Net bit : encode(builder, leading)) bits.push_back(bit);
  return bits;
}

Net is_not_zero(NetlistBuilder& builder, const Nets& x) {
  Net any = net_zero;
  for (const Net bit : x) any = builder.or_(any, bit);
  return any;
}

Netlist mitchell(int a_bits, int b_bits) {
  NetlistBuilder builder("mitchell", a_bits, b_bits, false);
  const Nets a = operand_a(builder, a_bits), b = operand_b(builder, b_bits);
  const int fraction = std::max(a_bits, b_bits) - 1;
  const Nets sum = add(builder, logarithm(builder, a, fraction), logarithm(builder, b, fraction));
  Nets mantissa(sum.begin(), sum.begin() + fraction);
  mantissa.push_back(net_one);
  const Nets shifted =
      shift_left(builder, mantissa, Nets(sum.begin() + fraction, sum.end()), fraction + a_bits + b_bits);
  const Net valid = builder.and_(is_not_zero(builder, a), is_not_zero(builder, b));
  Nets product;
  for (size_t i = fraction; i < shifted.size(); ++i) product.push_back(builder.and_(valid, shifted[i]));
  return builder.finish(product);
}

}  // namespace

MultiplierFamily mitchell_family() {
  return {"mitchell",
          "sum of binary logarithms, unsigned",
          "Mitchell, IRE Trans. Electronic Computers 1962",
          {{"mitchell", mitchell}}};
}

}  // namespace tram
