// The accumulators and sums of activations at the array's edge as SystemVerilog, clock gate included.
#include <gtest/gtest.h>
#include <verilated.h>

#include <cstdint>
#include <random>

#include "Vaccumulator_20_signed.h"
#include "Vaccumulator_22.h"
#include "Vactivation_sum_14.h"

namespace tram {
namespace {

template <class Model>
void edge(Model& model) {
  model.clk_i = 0;
  model.eval();
  model.clk_i = 1;
  model.eval();
}

/// Partial sums are taken where enable is 1; a clock later they are added to what is stored, or start a sum.
template <class Model>
void accumulate(int psum_bits, int sum_bits, bool is_signed) {
  Model model;
  std::mt19937_64 random(3);
  const uint64_t mask = (uint64_t{1} << sum_bits) - 1, sign = is_signed ? uint64_t{1} << (psum_bits - 1) : 0;
  uint64_t taken = 0;
  model.enable_i = 1;
  model.psum_i = 0;
  edge(model);
  for (int clock = 0; clock < 1000; ++clock) {
    const uint64_t psum = random() & ((uint64_t{1} << psum_bits) - 1), stored = random() & mask;
    const bool enable = random() % 3 != 0, accumulates = random() % 2 != 0;
    model.psum_i = static_cast<uint32_t>(psum);
    model.enable_i = enable;
    model.accumulate_i = accumulates;
    edge(model);
    if (enable) taken = psum;
    model.stored_i = static_cast<uint32_t>(stored);
    model.eval();
    const uint64_t value = (taken ^ sign) - sign;
    ASSERT_EQ(uint64_t{model.sum_o}, (value + (accumulates ? stored : 0)) & mask) << clock;
    ASSERT_EQ(model.enable_o, enable);
    ASSERT_EQ(model.accumulate_o, accumulates);
  }
}

TEST(Accumulator, AddsWhatIsStored) { accumulate<Vaccumulator_22>(22, 32, false); }
TEST(Accumulator, Signed) { accumulate<Vaccumulator_20_signed>(20, 30, true); }

TEST(ActivationSum, IsAClockLater) {
  Vactivation_sum_14 model;
  std::mt19937 random(5);
  for (int clock = 0; clock < 1000; ++clock) {
    const unsigned sum = random() & 0x3fff, activation = random() & 0xff;
    model.sum_i = static_cast<uint16_t>(sum);
    model.activation_i = static_cast<uint8_t>(activation);
    edge(model);
    ASSERT_EQ(model.sum_o, (sum + activation) & 0x3fff);
  }
}

}  // namespace
}  // namespace tram
