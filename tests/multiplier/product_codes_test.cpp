#include "models/multiplier/product_codes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

Netlist exact_netlist(int a_bits, int b_bits, bool is_signed) {
  return build_multiplier(exact_structure(a_bits, b_bits, is_signed, Accumulation::dadda));
}

TEST(ProductCodes, OfAllPairsAboveEightBits) {
  for (const bool is_signed : {false, true}) {
    const ProductCodes products = product_codes(exact_netlist(9, 5, is_signed));
    ASSERT_EQ(products.codes.size(), size_t{1} << 14);
    for (size_t i = 0; i < products.codes.size(); ++i) {
      const int64_t a = static_cast<int64_t>(i >> 5), b = static_cast<int64_t>(i & 31);
      const int64_t x = is_signed && a > 255 ? a - 512 : a, y = is_signed && b > 15 ? b - 32 : b;
      ASSERT_EQ(products.value(i, is_signed), x * y) << a << ' ' << b;
    }
    EXPECT_EQ(error_metrics(products, is_signed).max_error, 0);
  }
}

TEST(ProductCodes, MetricsEqualThoseOfTheTable) {
  for (const char* name : {"trunc6", "signed_trunc6", "drum4"}) {
    const Netlist netlist = find_multiplier(name);
    const ErrorMetrics one = error_metrics(product_codes(netlist), netlist.is_signed);
    const ErrorMetrics other = error_metrics(truth_table(netlist));
    EXPECT_EQ(one.mean_error_distance, other.mean_error_distance) << name;
    EXPECT_EQ(one.variance, other.variance) << name;
    EXPECT_EQ(one.mean_relative_error, other.mean_relative_error) << name;
    EXPECT_EQ(one.worst_relative_error, other.worst_relative_error) << name;
    EXPECT_EQ(one.worst_a, other.worst_a) << name;
    EXPECT_FALSE(one.sample.has_value());
  }
}

/// Without column 0 the largest |e| / |a b| is that of 1 x 1.
TEST(ProductCodes, WorstRelativeErrorByHand) {
  EXPECT_EQ(error_metrics(truth_table(array_multiplier(8, 1))).worst_relative_error, 1.0);
  EXPECT_EQ(error_metrics({1, 1, false, {5, 2, 0, 4}}).worst_relative_error, 3.0);  // a b = 0 does not count
}

/// Products of 32 bits, unsigned and signed: the largest codes keep their value.
TEST(ProductCodes, SampleOfSixteenBits) {
  for (const bool is_signed : {false, true}) {
    const ProductCodes products = product_codes(exact_netlist(16, 16, is_signed), {20000, 7});
    ASSERT_TRUE(products.is_sample());
    const ErrorMetrics metrics = error_metrics(products, is_signed);
    EXPECT_EQ(metrics.max_error, 0);
    ASSERT_TRUE(metrics.sample.has_value());
    EXPECT_EQ(metrics.sample->pairs, 20000u);
    EXPECT_EQ(metrics.sample->seed, 7u);
    EXPECT_DOUBLE_EQ(metrics.sample->error_rate, 3.0 / 20000);  // none wrong is no proof
  }
}

/// The four lowest partial products left out: the mean error is (1 + 2 2 + 4) / 4 over independent bits, exactly.
TEST(ProductCodes, IntervalsHoldTheTruth) {
  MultiplierStructure structure = exact_structure(13, 13, false, Accumulation::dadda);
  for (const int dot : {0, 1, 13, 14}) structure.partial_products[static_cast<size_t>(dot)] = NetState::zero;
  reset_adders(structure);
  const Netlist netlist = build_multiplier(structure);
  const double bias = -(1 + 2 + 2 + 4) / 4.0;
  int held = 0;
  for (const uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
    const ErrorMetrics m = error_metrics(product_codes(netlist, {4000, seed}), false);
    held += std::abs(m.mean_error - bias) <= m.sample->mean_error;
    EXPECT_LE(m.max_error, 9);
    EXPECT_LT(m.sample->mean_error, 0.2);
  }
  EXPECT_GE(held, 6);
}

TEST(ProductCodes, WhatATableCannotHoldIsRefused) {
  EXPECT_THROW(truth_table(exact_netlist(9, 8, false)), InputError);
  EXPECT_FALSE(product_codes(TruthTable{1, 1, false, {0, 0, 0, 4}}).has_value());
  EXPECT_TRUE(product_codes(TruthTable{1, 1, false, {0, 0, 0, 3}}).has_value());
}

TEST(ProductCodes, TwelveBitsInSeconds) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(error_metrics(product_codes(exact_netlist(12, 12, false)), false).max_error, 0);
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), 30);
}

}  // namespace
}  // namespace tram
