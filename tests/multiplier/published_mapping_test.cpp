#include <gtest/gtest.h>

#include <random>

#include "models/multiplier/array_multiplier.hpp"
#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/structure/mapping.hpp"
#include "models/multiplier/structure/reduction_tree.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr Accumulation accumulations[] = {Accumulation::array, Accumulation::wallace, Accumulation::dadda};
const std::vector<double> published_theta = {1, 1, 1, 1, .174248, .199563, .194773, .147112};

TEST(PublishedMapping, ShippedMultiplierIsTheTruncationOfSixColumns) {
  for (const Accumulation accumulation : accumulations) {
    const PublishedMapping mapping = map_published(published_theta, {8, 8, accumulation});
    const TruthTable table = truth_table(build_multiplier(mapping.structure));
    EXPECT_EQ(table.values, truth_table(array_multiplier(8, 6)).values);
    const ErrorMetrics m = error_metrics(table);
    EXPECT_EQ(m.mean_error, -80.25);
    EXPECT_EQ(m.max_error, 321);
    EXPECT_EQ(m.error_rate, .9375);
    EXPECT_NEAR(m.mean_error_distance / 65536, .00122452, 5e-9);
    EXPECT_NEAR(mapping.mean_squared_error, 772.68, 5e-3);
  }
}

/// S_c by hand: 3 x 3 has one dot in column 0, two in column 1, one in column 2.
TEST(PublishedMapping, ReferenceByHand) {
  const std::vector<double> theta = {1, .5, .25};
  const std::vector<double> reference = reference_product(theta);
  EXPECT_EQ(reference[3 << 8 | 3], 9 - 1 - .5 * 2 * 2 - .25 * 4);
  EXPECT_EQ(reference[128 << 8 | 255], 128 * 255);
  EXPECT_EQ(reference_product({}, 4, 5)[15 << 5 | 31], 15 * 31);
}

double mean_squared_error(const MultiplierStructure& s, const std::vector<double>& reference) {
  const TruthTable table = truth_table(build_multiplier(s));
  double sum = 0;
  for (size_t p = 0; p < reference.size(); ++p)
    sum += (table.values[p] - reference[p]) * (table.values[p] - reference[p]);
  return sum / static_cast<double>(reference.size());
}

/// The greedy with every table evaluated anew.
MultiplierStructure naive_greedy(const std::vector<double>& theta, const PublishedMappingOptions& options) {
  MultiplierStructure s = exact_structure(options.a_bits, options.b_bits, false, options.accumulation, TreeForm::full);
  const std::vector<double> reference = reference_product(theta, options.a_bits, options.b_bits);
  s.partial_product(0, 0) = NetState::zero;
  const ReductionTree tree = reduction_tree(s);
  const auto theta_of = [&](int c) { return c < static_cast<int>(theta.size()) ? theta[c] : 0; };
  for (size_t k = 0; k < s.adders.size(); ++k)
    if (theta_of(tree.adders[k].column) == 1) s.adders[k] = {NetState::zero, NetState::zero};
  double error = mean_squared_error(s, reference);
  for (int c = 0; c < options.a_bits + options.b_bits; ++c)
    for (const bool carries : {false, true})
      for (size_t k = 0; k < s.adders.size(); ++k) {
        if (tree.adders[k].column != c || theta_of(c) == 1) continue;
        MultiplierStructure tried = s;
        (carries ? tried.adders[k].carry : tried.adders[k].sum) = NetState::zero;
        const double now = mean_squared_error(tried, reference);
        if (now < error * (1 - 1e-12)) {
          s = tried;
          error = now;
        }
      }
  return s;
}

TEST(PublishedMapping, EqualsTheNaiveGreedy) {
  std::mt19937 random(7);
  for (int n = 0; n < 60; ++n) {
    const PublishedMappingOptions options{4 + n % 3, 4 + n / 3 % 3, accumulations[n % 3]};
    std::vector<double> theta;
    for (int c = 0; c < 5; ++c) theta.push_back(random() % 4 ? static_cast<double>(random() % 1000) / 1000 : 1);
    const PublishedMapping mapping = map_published(theta, options);
    const MultiplierStructure naive = naive_greedy(theta, options);
    ASSERT_EQ(mapping.structure, naive) << n;
    EXPECT_NEAR(mapping.mean_squared_error,
                mean_squared_error(naive, reference_product(theta, options.a_bits, options.b_bits)), 1e-9);
  }
}

/// theta 0: only the lowest dot is gone; a wrong pair in four, by 1.
TEST(PublishedMapping, ZeroThetaKeepsAllButTheLowestDot) {
  const PublishedMapping mapping = map_published({}, {});
  EXPECT_EQ(mapping.mean_squared_error, .25);
  EXPECT_EQ(mapping.accepted, 0);
  EXPECT_EQ(mapping.tried, 112);
}

TEST(PublishedMapping, BadThetaIsRefused) {
  EXPECT_THROW(map_published(std::vector<double>{1.5}), InputError);
  EXPECT_THROW(map_published(std::vector<double>{-.1}), InputError);
  EXPECT_THROW(map_published(std::vector<double>{std::numeric_limits<double>::quiet_NaN()}), InputError);
  EXPECT_THROW(map_published(std::vector<double>(16, 0.5)), InputError);
  EXPECT_THROW(map_published(published_theta, {1, 8, Accumulation::array}), InputError);
}

}  // namespace
}  // namespace tram
