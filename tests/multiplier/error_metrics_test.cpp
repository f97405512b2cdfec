#include "models/multiplier/error_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <tuple>

#include "models/multiplier/array_multiplier.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

TEST(ErrorMetrics, TruncationBySixColumns) {
  const ErrorMetrics m = error_metrics(truth_table(array_multiplier(8, 6)));
  EXPECT_DOUBLE_EQ(m.error_rate, 0.9375);
  EXPECT_DOUBLE_EQ(m.mean_error, -80.25);
  EXPECT_DOUBLE_EQ(m.mean_error_distance, 80.25);
  EXPECT_EQ(m.max_error, 321);
  EXPECT_DOUBLE_EQ(m.normalised_med, 80.25 / 65535);
}

/// Bias and deviation of truncated arrays under uniform operands, published to whole numbers.
TEST(ErrorMetrics, TruncationsByFiveToEightColumns) {
  const double bias[] = {-32, -80, -192, -448}, deviation[] = {23, 52, 115, 250};
  for (int i = 0; i < 4; ++i) {
    const ErrorMetrics m = error_metrics(truth_table(array_multiplier(8, 5 + i)));
    EXPECT_NEAR(m.mean_error, bias[i], 0.5);
    EXPECT_NEAR(m.standard_deviation, deviation[i], 0.5);
  }
}

/// By hand: errors 0, 2, 0, -2 on one-bit operands.
TEST(ErrorMetrics, WorkedExample) {
  const ErrorMetrics m = error_metrics({1, 1, false, {0, 2, 0, -1}});
  EXPECT_EQ(m.error_rate, 0.5);
  EXPECT_EQ(m.mean_error, 0);
  EXPECT_EQ(m.mean_error_distance, 1);
  EXPECT_DOUBLE_EQ(m.normalised_med, 1.0 / 3);
  EXPECT_EQ(m.mean_relative_error, 2);  // 1 x 1 is the one product that is not 0
  EXPECT_EQ(m.mean_squared_error, 2);
  EXPECT_DOUBLE_EQ(m.standard_deviation, std::sqrt(2));
  EXPECT_EQ(m.max_error, 2);
}

/// Without column 0 the error is -1 for two odd operands: MRED = (1 + 1/3 + .. + 1/255)^2 / 255^2.
TEST(ErrorMetrics, TruncationByOneColumnInClosedForm) {
  const ErrorMetrics m = error_metrics(truth_table(array_multiplier(8, 1)));
  double odd = 0;
  for (int a = 1; a < 256; a += 2) odd += 1.0 / a;
  EXPECT_NEAR(m.mean_relative_error, odd * odd / (255 * 255), 1e-15);
  EXPECT_EQ(m.mean_squared_error, 0.25);
  EXPECT_DOUBLE_EQ(m.standard_deviation, std::sqrt(0.25 - 0.0625));
}

/// Products of 31 bits: squares of the errors leave 64-bit integers, and the deviation is tiny beside the mean.
TEST(ErrorMetrics, HugeErrorsKeepTheirDeviation) {
  TruthTable table = exact_table();
  for (size_t i = 0; i < table.values.size(); ++i) table.values[i] += 2000000000 + static_cast<int>(i % 2);
  const ErrorMetrics m = error_metrics(table);
  EXPECT_EQ(m.mean_error, 2000000000.5);
  EXPECT_NEAR(m.mean_squared_error, 4e18 + 2e9 + 0.5, 4e18 * 1e-11);  // a sum of 65,536 rounded squares
  EXPECT_EQ(m.standard_deviation, 0.5);
  EXPECT_EQ(m.max_error, 2000000001);
}

TEST(ErrorMetrics, ExactSignedHasNone) {
  const ErrorMetrics m = error_metrics(exact_table(8, 8, true));
  EXPECT_EQ(m.error_rate + m.mean_squared_error + m.mean_relative_error, 0);
}

/// Under a histogram, by hand: half of the pairs are 1 x 1 (e = -1), the rest 1 x 0 (e = 0) and 0 x 1 (e = 2).
TEST(ErrorMetrics, WorkedExampleUnderAHistogram) {
  const ErrorMetrics m = error_metrics({1, 1, false, {7, 2, 0, 0}}, {1, 1, {0, 0.25, 0.25, 0.5}});
  EXPECT_EQ(m.error_rate, 0.75);
  EXPECT_EQ(m.mean_error, 0);
  EXPECT_EQ(m.mean_error_distance, 1);
  EXPECT_EQ(m.mean_relative_error, 1);
  EXPECT_EQ(m.mean_squared_error, 1.5);
  EXPECT_EQ(m.variance, 1.5);
  EXPECT_EQ(m.max_error, 2);  // not the 7 of 0 x 0, which does not occur
  EXPECT_EQ(m.worst_a, 0u);
  EXPECT_EQ(m.worst_b, 1u);
}

TEST(ErrorMetrics, AUniformHistogramChangesNothing) {
  for (const int columns : {1, 6, 15}) {
    const TruthTable table = truth_table(array_multiplier(8, columns));
    const ErrorMetrics plain = error_metrics(table), weighed = error_metrics(table, uniform_histogram());
    EXPECT_NEAR(weighed.error_rate, plain.error_rate, 1e-12);
    EXPECT_NEAR(weighed.mean_error, plain.mean_error, 1e-9);
    EXPECT_NEAR(weighed.mean_error_distance, plain.mean_error_distance, 1e-9);
    EXPECT_NEAR(weighed.normalised_med, plain.normalised_med, 1e-12);
    EXPECT_NEAR(weighed.mean_relative_error, plain.mean_relative_error, 1e-12);
    EXPECT_NEAR(weighed.mean_squared_error / plain.mean_squared_error, 1, 1e-12);
    EXPECT_NEAR(weighed.variance / plain.variance, 1, 1e-12);
    EXPECT_NEAR(plain.variance, plain.mean_squared_error - plain.mean_error * plain.mean_error, 1e-6);
    EXPECT_EQ(std::tuple(weighed.max_error, weighed.worst_a, weighed.worst_b),
              std::tuple(plain.max_error, plain.worst_a, plain.worst_b));
  }
}

/// A histogram is a list of pairs with repetition: the metrics are those of the list.
TEST(ErrorMetrics, AHistogramOfCountsIsAListOfPairs) {
  const TruthTable table = truth_table(array_multiplier(8, 7));
  std::mt19937 random(3);
  std::vector<double> counts(65536, 0);
  double sum = 0, squares = 0, distance = 0;
  constexpr int pairs = 20000;
  for (int i = 0; i < pairs; ++i) {
    const uint32_t a = random() % 16, b = random() % 256;
    const double error = table.at(a, b) - static_cast<double>(a) * b;
    ++counts[a << 8 | b];
    sum += error;
    squares += error * error;
    distance += std::abs(error);
  }
  const ErrorMetrics m = error_metrics(table, histogram_of_counts(counts, 8, 8, "counts"));
  EXPECT_NEAR(m.mean_error, sum / pairs, 1e-9);
  EXPECT_NEAR(m.mean_error_distance, distance / pairs, 1e-9);
  EXPECT_NEAR(m.mean_squared_error, squares / pairs, 1e-6);
  EXPECT_NEAR(m.variance, squares / pairs - sum / pairs * sum / pairs, 1e-6);
}

/// Six columns less: the largest error is where all partial products of them are 1.
TEST(ErrorMetrics, TheWorstPairIsTheFirstOfTheLargestError) {
  const ErrorMetrics m = error_metrics(truth_table(array_multiplier(8, 6)));
  EXPECT_EQ(m.max_error, 321);
  EXPECT_EQ(m.worst_a, 63u);
  EXPECT_EQ(m.worst_b, 63u);
  const ErrorMetrics exact = error_metrics(exact_table());
  EXPECT_EQ(exact.max_error, 0);
}

TEST(ErrorMetrics, AHistogramOfOtherWidthsIsRefused) {
  EXPECT_THROW(error_metrics(exact_table(8, 8), uniform_histogram(8, 7)), InputError);
}

}  // namespace
}  // namespace tram
