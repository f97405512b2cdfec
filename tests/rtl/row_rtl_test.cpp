// The row of PEs clock by clock against a plain model of its registers.
#include <gtest/gtest.h>

#include <random>

#include "Vrow_exact_5x3_16.h"
#include "Vrow_exact_64.h"
#include "Vrow_signed_trunc6_16.h"
#include "Vrow_trunc6_16.h"
#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "tests/rtl/planes.hpp"

namespace tram {
namespace {

/// Registers of one PE, as tram_pe.sv describes them.
struct Pe {
  uint32_t weight = 0, activation = 0, product = 0, psum = 0;
};

template <class Model>
void check_row(unsigned lanes, unsigned psum_bits, unsigned product_lsb, const TruthTable& table) {
  const auto w_bits = static_cast<unsigned>(table.a_bits), x_bits = static_cast<unsigned>(table.b_bits);
  Model model;
  std::vector<Pe> row(lanes);
  std::mt19937 random(11);
  const uint32_t psum_mask = (1u << psum_bits) - 1;
  bool known = false;
  for (int clock = 0; clock < 3000; ++clock) {
    const bool load = clock < 2 || random() % 8 == 0;
    const uint32_t activation = clock < int(lanes) + 2 || random() % 4 ? uint32_t(random()) & ((1U << x_bits) - 1) : 0;
    std::vector<uint32_t> weights(lanes), psums(lanes);
    for (unsigned k = 0; k < lanes; ++k) {
      weights[k] = static_cast<uint32_t>(random() & ((1U << w_bits) - 1));
      psums[k] = static_cast<uint32_t>(random() & psum_mask);
      set_lane(model.weight_i, lanes, k, w_bits, weights[k]);
      set_lane(model.psum_i, lanes, k, psum_bits, psums[k]);
    }
    model.activation_i = uint8_t(activation);
    model.load_i = load;
    model.clk_i = 0;
    model.eval();
    known = known || clock > int(lanes) + 4;  // registers have seen inputs only
    for (unsigned k = 0; known && k < lanes; ++k) {
      ASSERT_EQ(lane(model.weight_o, lanes, k, w_bits), row[k].weight);
      ASSERT_EQ(lane(model.psum_o, lanes, k, psum_bits), (row[k].psum + row[k].product) & psum_mask)
          << "clock " << clock << " lane " << k;
    }
    if (known) {
      ASSERT_EQ(model.activation_o, row[lanes - 1].activation);
    }
    model.clk_i = 1;
    model.eval();
    for (unsigned k = lanes; k-- > 0;) {
      Pe& pe = row[k];
      pe.product = uint32_t(table.at(pe.weight, pe.activation) >> product_lsb);
      pe.activation = k ? row[k - 1].activation : activation;
      pe.psum = psums[k];
      if (load) pe.weight = weights[k];
    }
  }
}

TEST(RowRtl, ExactOfFiveByThreeBits) { check_row<Vrow_exact_5x3_16>(16, 12, 0, exact_table(5, 3)); }
TEST(RowRtl, ExactOf64) { check_row<Vrow_exact_64>(64, 22, 0, exact_table()); }
TEST(RowRtl, Trunc6Of16WithoutItsConstantBits) {
  check_row<Vrow_trunc6_16>(16, 14, 6, truth_table(array_multiplier(8, 6)));
}
TEST(RowRtl, SignedTrunc6Of16) {
  check_row<Vrow_signed_trunc6_16>(16, 14, 6, truth_table(find_multiplier("signed_trunc6")));
}

}  // namespace
}  // namespace tram
