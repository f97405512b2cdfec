// DRUM, dynamic range unbiased multiplier: of each operand the k bits from its leading one are multiplied exactly, the
// lowest of them set to 1 when bits below are cut off (which makes the error unbiased), and the product is shifted
// back. Operands below 2^k are exact. S. Hashemi, R. I. Bahar, S. Reda, "DRUM: a dynamic range unbiased multiplier for
// approximate applications", ICCAD 2015.
#include <fmt/format.h>

#include <algorithm>

#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// The k bits kept of an operand and how far they are to be shifted back.
struct Range {
  Nets kept, shift;
};

Range dynamic_range(NetlistBuilder& builder, const Nets& x, size_t k) {
  if (x.size() <= k) return {x, {}};
  const Nets leading = leading_one(builder, x);
  Nets shifted_by(leading.begin() + static_cast<std::ptrdiff_t>(k) - 1, leading.end());  // [s]: one hot, but for s = 0
  Net cut = net_zero;
  for (size_t s = 1; s < shifted_by.size(); ++s) cut = builder.or_(cut, shifted_by[s]);
  shifted_by[0] = builder.not_(cut);
  Range range;
  for (size_t q = 0; q < k; ++q) {
    Net bit = q == 0 ? builder.or_(cut, x[0]) : net_zero;
    for (size_t s = 0; q > 0 && s < shifted_by.size(); ++s)
      bit = builder.or_(bit, builder.and_(shifted_by[s], x[q + s]));
    range.kept.push_back(bit);
  }
  range.shift = encode(builder, shifted_by);
  return range;
}

Netlist drum(const std::string& name, int a_bits, int b_bits, int k) {
  if (k >= std::max(a_bits, b_bits))
    throw InputError(name, fmt::format("{} bits kept of {} x {}; fewer are expected", k, a_bits, b_bits));
  NetlistBuilder builder(name, a_bits, b_bits, false);
  const Range a = dynamic_range(builder, operand_a(builder, a_bits), k);
  const Range b = dynamic_range(builder, operand_b(builder, b_bits), k);
  const Nets product = multiply(builder, a.kept, b.kept);
  return builder.finish(shift_left(builder, product, add(builder, a.shift, b.shift), a_bits + b_bits));
}

}  // namespace

MultiplierFamily drum_family() {
  MultiplierFamily family{"drum<k>, k = 3..7",
                          "dynamic range: k bits from the leading one of each operand, unsigned",
                          "Hashemi, Bahar, Reda, ICCAD 2015",
                          {}};
  for (int k = 3; k <= 7; ++k) {
    const std::string name = fmt::format("drum{}", k);
    family.members.push_back({name, [=](int a_bits, int b_bits) { return drum(name, a_bits, b_bits, k); }});
  }
  return family;
}

}  // namespace tram
