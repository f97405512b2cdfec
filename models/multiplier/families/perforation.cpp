// Partial product perforation: n successive rows from row r (bits r .. r + n - 1 of operand b) are not generated; the
// rest is added in a Dadda tree.
// G. Zervakis, K. Tsoumanis, S. Xydis, D. Soudris, K. Pekmestzi, "Design-efficient approximate multiplication circuits
// through partial product perforation", IEEE TVLSI 2016.
#include <fmt/format.h>

#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"
#include "models/support/error.hpp"

namespace tram {

MultiplierFamily perforation_family() {
  MultiplierFamily family{"perforated_r<r>_n<n>, r = 0..7, n = 1..7, r + n <= 8",
                          "without n rows from row r (bits of b), unsigned, Dadda tree",
                          "Zervakis et al., IEEE TVLSI 2016",
                          {}};
  for (int r = 0; r <= 7; ++r)
    for (int n = 1; n <= 7 && r + n <= 8; ++n) {
      const std::string name = fmt::format("perforated_r{}_n{}", r, n);
      family.members.push_back(structure_member(name, [=](int a_bits, int b_bits) {
        if (r + n > b_bits)
          throw InputError(name, fmt::format("rows up to {}; rows below {} are expected", r + n - 1, b_bits));
        return without_partial_products(name, a_bits, b_bits, false, Accumulation::dadda,
                                        [=](int, int j) { return j >= r && j < r + n; });
      }));
    }
  return family;
}

}  // namespace tram
