// Netlist = table = Verilated RTL, for all 65,536 operand pairs in every lane.
#include <gtest/gtest.h>

#include "Vmultiplier_exact_1.h"
#include "Vmultiplier_exact_64.h"
#include "Vmultiplier_trunc6_1.h"
#include "Vmultiplier_trunc6_64.h"
#include "models/multiplier/array_multiplier.hpp"
#include "tests/rtl/planes.hpp"

namespace tram {
namespace {

/// Lane k sees pair (i + 1021 k) mod 65536 at step i, so that every lane meets every pair and no two lanes the same.
template <class Model>
void check_all_pairs_in_every_lane(unsigned lanes, const TruthTable& table) {
  Model model;
  for (uint32_t step = 0; step < 65536; ++step) {
    for (unsigned k = 0; k < lanes; ++k) {
      const uint32_t pair = (step + 1021 * k) & 0xffff;
      set_lane(model.a_i, lanes, k, 8, pair >> 8);
      set_lane(model.b_i, lanes, k, 8, pair & 255);
    }
    model.eval();
    for (unsigned k = 0; k < lanes; ++k) {
      const uint32_t pair = (step + 1021 * k) & 0xffff;
      ASSERT_EQ(int32_t(lane(model.product_o, lanes, k, 16)), table.values[pair]) << "pair " << pair << " lane " << k;
    }
  }
}

TEST(MultiplierRtl, ExactOneLane) {
  check_all_pairs_in_every_lane<Vmultiplier_exact_1>(1, truth_table(array_multiplier()));
}
TEST(MultiplierRtl, ExactEveryLane) { check_all_pairs_in_every_lane<Vmultiplier_exact_64>(64, exact_table()); }
TEST(MultiplierRtl, Trunc6OneLane) {
  check_all_pairs_in_every_lane<Vmultiplier_trunc6_1>(1, truth_table(array_multiplier(8, 6)));
}
TEST(MultiplierRtl, Trunc6EveryLane) {
  check_all_pairs_in_every_lane<Vmultiplier_trunc6_64>(64, truth_table(array_multiplier(8, 6)));
}

}  // namespace
}  // namespace tram

double sc_time_stamp() { return 0; }
