// Recursive multiplier of 2 x 2 blocks that are right but for 3 x 3 = 7 (111 instead of 1001), which saves a bit:
// outputs a1 b1, a1 b0 OR a0 b1, a0 b0. The blocks' results are added exactly, here in one Dadda tree. Even widths. P.
// Kulkarni, P. Gupta, M. Ercegovac, "Trading accuracy for power with an underdesigned multiplier architecture", VLSI
// Design 2011.
#include <fmt/format.h>

#include "models/multiplier/families/building_blocks.hpp"
#include "models/multiplier/families/families.hpp"
#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

Netlist kulkarni(int a_bits, int b_bits) {
  if (a_bits % 2 || b_bits % 2)
    throw InputError("kulkarni", fmt::format("operands of {} and {} bits; even widths are expected", a_bits, b_bits));
  NetlistBuilder builder("kulkarni", a_bits, b_bits, false);
  std::vector<Nets> columns(a_bits + b_bits);
  for (int i = 0; i < a_bits; i += 2)
    for (int j = 0; j < b_bits; j += 2) {
      const Net a0 = builder.a(i), a1 = builder.a(i + 1), b0 = builder.b(j), b1 = builder.b(j + 1);
      columns[i + j].push_back(builder.and_(a0, b0));
      columns[i + j + 1].push_back(builder.or_(builder.and_(a1, b0), builder.and_(a0, b1)));
      columns[i + j + 2].push_back(builder.and_(a1, b1));
    }
  return builder.finish(sum_columns(builder, columns));
}

}  // namespace

MultiplierFamily kulkarni_family() {
  return {"kulkarni",
          "recursive 2 x 2 blocks with 3 x 3 = 7, unsigned, Dadda tree",
          "Kulkarni et al., VLSI Design 2011",
          {{"kulkarni", kulkarni}}};
}

}  // namespace tram
