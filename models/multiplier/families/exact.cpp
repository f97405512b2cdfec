// Exact multipliers of AND gates, half and full adders, by how the partial products are added. E. L. Braun, "Digital
// Computer Design", 1963 (array); C. S. Wallace, "A suggestion for a fast multiplier", IEEE Trans. Electronic
// Computers 1964; L. Dadda, "Some schemes for parallel multipliers", Alta Frequenza 1965. Signed: C. R. Baugh and B.
// A. Wooley, "A two's complement parallel array multiplication algorithm", IEEE Trans. Computers 1973, in the modified
// form of M. Hatamian and G. L. Cash, "A 70-MHz 8-bit x 8-bit parallel pipelined multiplier", JSSC 1986.
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"

namespace tram {
namespace {

FamilyMember member(const std::string& name, bool is_signed, Accumulation accumulation) {
  return structure_member(name, [=](int a_bits, int b_bits) {
    return without_partial_products(name, a_bits, b_bits, is_signed, accumulation, [](int, int) { return false; });
  });
}

}  // namespace

MultiplierFamily exact_unsigned_family() {
  return {"exact, exact_array, exact_wallace, exact_dadda",
          "exact, unsigned; exact is the array",
          "Braun 1963 (array), Wallace 1964, Dadda 1965",
          {{"exact",
            [](int a_bits, int b_bits) {
              if (a_bits == b_bits) return array_multiplier(a_bits);
              return member("exact", false, Accumulation::array).build(a_bits, b_bits);
            },
            member("exact", false, Accumulation::array).structure},
           member("exact_array", false, Accumulation::array),
           member("exact_wallace", false, Accumulation::wallace),
           member("exact_dadda", false, Accumulation::dadda)}};
}

MultiplierFamily exact_signed_family() {
  return {"exact_signed_array, exact_signed_wallace, exact_signed_dadda",
          "exact, two's complement, modified Baugh-Wooley",
          "Baugh and Wooley 1973; Hatamian and Cash 1986",
          {member("exact_signed_array", true, Accumulation::array),
           member("exact_signed_wallace", true, Accumulation::wallace),
           member("exact_signed_dadda", true, Accumulation::dadda)}};
}

}  // namespace tram
