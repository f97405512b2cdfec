#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/structure/mapping.hpp"
#include "models/multiplier/structure/tree_planes.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

/// Weights like those of a quantised layer: weight codes around the zero point 128, activations mostly 0 or small.
std::vector<double> layer_like_weights() {
  std::vector<double> weights;
  double sum = 0;
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const double x = (a - 128) / 25.0;
      weights.push_back(std::exp(-x * x / 2) * (b == 0 ? 3 : std::exp(-b / 40.0)));
      sum += weights.back();
    }
  for (double& weight : weights) weight /= sum;
  return weights;
}

struct Error {
  double mean = 0, squares = 0;
};

Error weighted_error(const Netlist& netlist, const std::vector<double>& weights, const std::vector<double>& reference) {
  const TruthTable table = truth_table(netlist);
  Error error;
  for (size_t p = 0; p < weights.size(); ++p) {
    const double e = table.values[p] - reference[p];
    error.mean += weights[p] * e;
    error.squares += weights[p] * e * e;
  }
  return error;
}

double variance(const Error& error) { return error.squares - error.mean * error.mean; }

const std::vector<double> published_theta = {1, 1, 1, 1, .174248, .199563, .194773, .147112};

/// At no more cost, less than .55 of the weighted error of the published greedy (from its array, and truncation of a
/// Dadda tree) when those get their mean error taken away for nothing; without any compensation less than .3 of it.
TEST(WeightedMapping, BeatsThePublishedGreedyAndTruncationAtEqualCost) {
  const std::vector<double> weights = layer_like_weights(), exact = reference_product({});
  WeightedMappingOptions options;
  options.weights = weights;
  for (const Netlist& rival :
       {build_multiplier(map_published(published_theta).structure), find_multiplier("dadda_trunc6")}) {
    options.cost_budget = published_cost(rival);
    const Error theirs = weighted_error(rival, weights, exact);
    options.compensation = BiasCompensation::in_tree;
    const WeightedMapping compensated = map_weighted(options);
    EXPECT_LE(compensated.cost, published_cost(rival));
    EXPECT_LT(compensated.mean_squared_error, .55 * variance(theirs));
    options.compensation = BiasCompensation::none;
    const WeightedMapping plain = map_weighted(options);
    EXPECT_LE(plain.cost, published_cost(rival));
    EXPECT_LT(plain.mean_squared_error, .3 * theirs.squares);
  }
}

TEST(WeightedMapping, WhatIsReportedIsWhatIsBuilt) {
  const std::vector<double> weights = layer_like_weights(), exact = reference_product({});
  for (const BiasCompensation compensation :
       {BiasCompensation::none, BiasCompensation::outside, BiasCompensation::in_tree}) {
    WeightedMappingOptions options;
    options.weights = weights;
    options.compensation = compensation;
    options.error_budget = 4000;
    const WeightedMapping mapping = map_weighted(options);
    const Netlist netlist = build_multiplier(mapping.structure);
    const Error error = weighted_error(netlist, weights, exact);
    EXPECT_NEAR(mapping.mean_squared_error, error.squares, 1e-9 * error.squares);
    EXPECT_NEAR(mapping.mean_error, error.mean, 1e-6);
    EXPECT_NEAR(mapping.cost, published_cost(netlist), 1e-9);
    EXPECT_LE(compensation == BiasCompensation::outside ? variance(error) : error.squares, 4000 * (1 + 1e-9));
    EXPECT_LT(mapping.cost, 210);
    EXPECT_EQ(mapping.structure.compensation != 0, compensation == BiasCompensation::in_tree);
    EXPECT_EQ(parse_structure(to_json(mapping.structure), "mapped"), mapping.structure);
    if (compensation != BiasCompensation::in_tree) continue;
    EXPECT_LE(std::abs(error.mean), .1 * std::sqrt(error.squares) + .5);
  }
}

/// No operand but 0 for the activation: everything may go.
TEST(WeightedMapping, OperandsThatDoNotOccurCostNothing) {
  WeightedMappingOptions options;
  options.weights.assign(65536, 0);
  for (int a = 0; a < 256; ++a) options.weights[a << 8] = 1;
  options.error_budget = 0;
  const WeightedMapping mapping = map_weighted(options);
  EXPECT_EQ(mapping.cost, 0);
  EXPECT_EQ(mapping.mean_squared_error, 0);
  EXPECT_TRUE(build_multiplier(mapping.structure).gates.empty());
}

TEST(WeightedMapping, NoErrorAllowedKeepsTheProduct) {
  for (const bool is_signed : {false, true}) {
    WeightedMappingOptions options;
    options.a_bits = 5;
    options.b_bits = 6;
    options.is_signed = is_signed;
    options.error_budget = 0;
    EXPECT_EQ(truth_table(build_multiplier(map_weighted(options).structure)).values,
              exact_table(5, 6, is_signed).values);
  }
}

/// Signed operands, other widths and trees: budgets hold, and products stay in range.
TEST(WeightedMapping, OtherWidthsSignsAndTrees) {
  for (const bool is_signed : {false, true})
    for (const Accumulation accumulation : {Accumulation::array, Accumulation::wallace, Accumulation::dadda}) {
      WeightedMappingOptions options;
      options.a_bits = 6;
      options.b_bits = 5;
      options.is_signed = is_signed;
      options.accumulation = accumulation;
      options.cost_budget = 60;
      const WeightedMapping mapping = map_weighted(options);
      EXPECT_LE(mapping.cost, 60);
      EXPECT_LT(mapping.mean_squared_error, 1000);
      const TruthTable table = truth_table(build_multiplier(mapping.structure)), exact = exact_table(6, 5, is_signed);
      for (size_t p = 0; p < table.values.size(); ++p) ASSERT_LT(std::abs(table.values[p] - exact.values[p]), 300) << p;
    }
}

/// Towards Y_ref(theta) the column sums count for less, so its error is smaller than towards the exact product.
TEST(WeightedMapping, FollowsAnyReference) {
  WeightedMappingOptions options;
  options.reference = reference_product(published_theta);
  options.compensation = BiasCompensation::none;
  options.cost_budget = published_cost(build_multiplier(map_published(published_theta).structure));
  const WeightedMapping mapping = map_weighted(options);
  const Error error =
      weighted_error(build_multiplier(mapping.structure), std::vector<double>(65536, 1.0 / 65536), options.reference);
  EXPECT_NEAR(mapping.mean_squared_error, error.squares, 1e-6);
  EXPECT_LE(mapping.mean_squared_error, 772.69);  // of the published greedy
}

/// The first step against all changes built and measured one by one.
TEST(WeightedMapping, TakesTheCheapestChange) {
  std::mt19937 random(3);
  for (int n = 0; n < 20; ++n) {
    WeightedMappingOptions options;
    options.a_bits = options.b_bits = 4;
    options.is_signed = n % 2;
    options.compensation = BiasCompensation::none;
    for (int p = 0; p < 256; ++p) options.weights.push_back(static_cast<double>(random() % 100) + 1);
    double sum = 0;
    for (const double weight : options.weights) sum += weight;
    std::vector<double> weights = options.weights, exact;
    for (double& weight : weights) weight /= sum;
    for (const int32_t value : exact_table(4, 4, options.is_signed).values) exact.push_back(value);
    const MultiplierStructure start = exact_structure(4, 4, options.is_signed);
    const double cost = published_cost(build_multiplier(start));
    double best = std::numeric_limits<double>::infinity();
    const auto offer = [&](MultiplierStructure s) {
      reset_adders(s);
      const Netlist netlist = build_multiplier(s);
      const TruthTable table = truth_table(netlist);
      const double saved = cost - published_cost(netlist);
      for (size_t p = 0; p < exact.size(); ++p)  // beyond the range: wrapped, not a move
        if (std::abs(table.values[p] - exact[p]) > 64) return;
      if (saved > 0) best = std::min(best, weighted_error(netlist, weights, exact).squares / saved);
    };
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j) {
        for (const NetState state : {NetState::zero, NetState::one}) {
          MultiplierStructure s = start;
          s.partial_product(i, j) = state;
          offer(s);
        }
        for (int other = i + 1; other < 4 && i + j - other >= 0; ++other) {
          MultiplierStructure s = start;
          s.or_groups = {{i + j, {i, other}}};
          offer(s);
        }
      }
    options.cost_budget = cost - 1e-6;
    const WeightedMapping mapping = map_weighted(options);
    ASSERT_EQ(mapping.steps, 1);
    EXPECT_NEAR(mapping.mean_squared_error / (cost - mapping.cost), best, 1e-9 * best);
  }
}

TEST(WeightedMapping, BadOptionsAreRefused) {
  const auto refuses = [](const auto& change) {
    WeightedMappingOptions options;
    options.error_budget = 1;
    change(options);
    EXPECT_THROW(map_weighted(options), InputError);
  };
  using O = WeightedMappingOptions&;
  refuses([](O o) { o.a_bits = 9; });
  refuses([](O o) { o.weights = {1, 2}; });
  refuses([](O o) { o.weights.assign(65536, 0); });
  refuses([](O o) { o.weights.assign(65536, -1); });
  refuses([](O o) { o.weights.assign(65536, std::numeric_limits<double>::quiet_NaN()); });
  refuses([](O o) { o.reference = {1}; });
  refuses([](O o) { o.error_budget = std::numeric_limits<double>::infinity(); });
  refuses([](O o) { o.error_budget = -1; });
  refuses([](O o) { o.cost_budget = -1; });
}

/// Incremental planes after random changes, kept or taken back, against a table built anew.
TEST(TreePlanes, FollowRandomChanges) {
  std::mt19937 random(11);
  for (int n = 0; n < 12; ++n) {
    MultiplierStructure s = exact_structure(4 + n % 5, 8 - n % 4, n % 2, static_cast<Accumulation>(n % 3),
                                            n % 4 ? TreeForm::remaining : TreeForm::full);
    s.compensation = 5 * n;
    s.partial_product(2, 1) = NetState::one;
    reset_adders(s);
    TreePlanes planes(s);
    const auto table = [&] {
      std::vector<int32_t> values(64 * planes.words());
      for (size_t w = 0; w < planes.words(); ++w) planes.products(w, &values[64 * w]);
      return values;
    };
    ASSERT_EQ(table(), truth_table(build_multiplier(s)).values);
    for (int change = 0; change < 40; ++change) {
      const int adder = static_cast<int>(random() % s.adders.size());
      const AdderState before = s.adders[adder];
      const AdderState state{static_cast<NetState>(random() % 3), static_cast<NetState>(random() % 3)};
      planes.set(adder, state);
      s.adders[adder] = state;
      ASSERT_EQ(table(), truth_table(build_multiplier(s)).values) << change;
      if (random() % 2) continue;
      planes.revert();
      s.adders[adder] = before;
      ASSERT_EQ(table(), truth_table(build_multiplier(s)).values) << change;
      ASSERT_TRUE(planes.changed_words().empty());
    }
  }
}

}  // namespace
}  // namespace tram
