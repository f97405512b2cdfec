// Broken array multiplier (BAM): the carry-save array without the cells above a horizontal and right of a vertical
// break line. Here: partial product (i, j) = a[i] b[j] is left out when j < h (the h first rows of the array, HBL) or
// i + j < v (the v lowest columns, VBL). H. R. Mahdiani, A. Ahmadi, S. M. Fakhraie, C. Lucas, "Bio-inspired imprecise
// computational blocks for efficient VLSI implementation of soft-computing applications", IEEE TCAS-I 2010.
#include <fmt/format.h>

#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"
#include "models/support/error.hpp"

namespace tram {

MultiplierFamily broken_array_family() {
  MultiplierFamily family{"bam_h<h>_v<v>, h = 0..7, v = 0..14",
                          "broken array: without the h first rows and the v lowest columns, unsigned",
                          "Mahdiani et al., IEEE TCAS-I 2010",
                          {}};
  for (int h = 0; h <= 7; ++h)
    for (int v = 0; v <= 14; ++v) {
      const std::string name = fmt::format("bam_h{}_v{}", h, v);
      family.members.push_back(structure_member(name, [=](int a_bits, int b_bits) {
        if (h >= b_bits || v >= a_bits + b_bits - 1)
          throw InputError(name, fmt::format("break levels beyond the {} x {} array; h below {} "
                                             "and v below {} are expected",
                                             a_bits, b_bits, b_bits, a_bits + b_bits - 1));
        return without_partial_products(name, a_bits, b_bits, false, Accumulation::array,
                                        [=](int i, int j) { return j < h || i + j < v; });
      }));
    }
  return family;
}

}  // namespace tram
