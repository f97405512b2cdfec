// Column truncation: the partial products of the k lowest columns are left out. M. J. Schulte and E. E. Swartzlander,
// "Truncated multiplication with correction constant", VLSI Signal Processing 1993 (here without the constant, which a
// layer's bias takes in).
#include <fmt/format.h>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

MultiplierStructure truncated(const std::string& name, int a_bits, int b_bits, bool is_signed,
                              Accumulation accumulation, int k) {
  if (k >= a_bits + b_bits)
    throw InputError(name, fmt::format("{} truncated columns; 1 to {} are expected", k, a_bits + b_bits - 1));
  return without_partial_products(name, a_bits, b_bits, is_signed, accumulation,
                                  [=](int i, int j) { return i + j < k; });
}

void append(MultiplierFamily& family, const std::string& prefix, bool is_signed, Accumulation accumulation) {
  for (int k = 1; k <= 15; ++k) {
    const std::string name = fmt::format("{}{}", prefix, k);
    FamilyMember member = structure_member(
        name, [=](int a_bits, int b_bits) { return truncated(name, a_bits, b_bits, is_signed, accumulation, k); });
    if (accumulation == Accumulation::array)
      member.build = [=, build = member.build](int a_bits, int b_bits) {
        return a_bits == b_bits ? array_multiplier(a_bits, k) : build(a_bits, b_bits);
      };
    family.members.push_back(member);
  }
}

}  // namespace

MultiplierFamily truncation_family() {
  MultiplierFamily family{"trunc<k>, wallace_trunc<k>, dadda_trunc<k>, k = 1..15",
                          "without the k lowest columns, unsigned; trunc<k> is an array",
                          "Schulte and Swartzlander 1993, without their constant",
                          {}};
  append(family, "trunc", false, Accumulation::array);
  append(family, "wallace_trunc", false, Accumulation::wallace);
  append(family, "dadda_trunc", false, Accumulation::dadda);
  return family;
}

MultiplierFamily signed_truncation_family() {
  MultiplierFamily family{"signed_trunc<k>, k = 1..15",
                          "without the k lowest columns, two's complement, Dadda tree",
                          "Schulte and Swartzlander 1993; Baugh and Wooley 1973",
                          {}};
  append(family, "signed_trunc", true, Accumulation::dadda);
  return family;
}

}  // namespace tram
