// OR gates in place of adders in the k lowest columns: or_low<k> joins all partial products of such a column to one
// dot, or_pairs<k> those of the rows 2 p and 2 p + 1 (bits of a) to one. Wrong only where two of them are 1 at once.
// The OR in place of a sum in the lower part: H. R. Mahdiani et al., IEEE TCAS-I 2010 (lower-part-OR adder); pairs of
// rows compressed by OR: I. Qiqieh, R. Shafik, G. Tarawneh, D. Sokolov, A. Yakovlev, "Energy-efficient approximate
// multiplier design using bit significance-driven logic compression", DATE 2017.
#include <fmt/format.h>

#include <algorithm>

#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// `rows` rows (bits of a) from a multiple of it go to one group.
MultiplierStructure or_compressed(const std::string& name, int a_bits, int b_bits, int columns, int rows) {
  if (columns >= a_bits + b_bits)
    throw InputError(name, fmt::format("{} columns; 1 to {} are expected", columns, a_bits + b_bits - 1));
  MultiplierStructure s = exact_structure(a_bits, b_bits);
  s.name = name;
  for (int c = 0; c < columns; ++c)
    for (int first = 0; first < a_bits; first += rows) {
      OrGroup group{c, {}};
      for (int i = first; i < std::min(first + rows, a_bits); ++i)
        if (c - i >= 0 && c - i < b_bits) group.rows.push_back(i);
      if (group.rows.size() > 1) s.or_groups.push_back(group);
    }
  reset_adders(s);
  return s;
}

void append(MultiplierFamily& family, const std::string& prefix, int rows) {
  for (int k = 2; k <= 15; ++k) {
    const std::string name = fmt::format("{}{}", prefix, k);
    family.members.push_back(
        structure_member(name, [=](int a_bits, int b_bits) { return or_compressed(name, a_bits, b_bits, k, rows); }));
  }
}

}  // namespace

MultiplierFamily or_column_family() {
  MultiplierFamily family{"or_low<k>, k = 2..15",
                          "each of the k lowest columns joined by OR to one bit, unsigned, Dadda tree",
                          "after the lower-part-OR adder, Mahdiani et al., IEEE TCAS-I 2010",
                          {}};
  append(family, "or_low", 8);
  return family;
}

MultiplierFamily or_pair_family() {
  MultiplierFamily family{"or_pairs<k>, k = 2..15",
                          "rows 2p and 2p + 1 (bits of a) joined by OR in the k lowest columns, unsigned, Dadda tree",
                          "after Qiqieh et al., DATE 2017",
                          {}};
  append(family, "or_pairs", 2);
  return family;
}

}  // namespace tram
