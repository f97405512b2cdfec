#include "models/multiplier/error_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// The mean squares about the mean: the difference of two large squares would lose a small deviation.
double variance_of(const TruthTable& table, const TruthTable& exact, double mean, const OperandHistogram& histogram) {
  double squares = 0;
  for (size_t i = 0; i < table.values.size(); ++i) {
    const double deviation = static_cast<double>(int64_t{table.values[i]} - exact.values[i]) - mean;
    squares += histogram.weight[i] * deviation * deviation;
  }
  return squares;
}

void note_worst(ErrorMetrics& metrics, int64_t size, uint32_t a, uint32_t b) {
  if (size <= metrics.max_error) return;
  metrics.max_error = size;
  metrics.worst_a = a;
  metrics.worst_b = b;
}

double largest_code(int bits) { return std::exp2(bits) - 1; }

__extension__ using Signed128 = __int128;
__extension__ using Unsigned128 = unsigned __int128;

/// Sums over pairs, of errors exact in 128 bits, so that the variance loses nothing to a large mean: errors have up to
/// 33 bits and the number of pairs 25, so n times the sum of squares has 116.
class Sums {
 public:
  void add(int64_t product, int64_t exact, uint32_t a, uint32_t b) {
    const int64_t error = product - exact, size = std::llabs(error);
    const auto distance = static_cast<double>(size), square = distance * distance;
    ++pairs_;
    wrong_ += error != 0;
    sum_ += error;
    distance_ += size;
    squares_ += static_cast<Unsigned128>(size) * static_cast<Unsigned128>(size);
    fourths_ += square * square;
    note_worst(worst_, size, a, b);
    if (exact == 0) return;
    const double ratio = distance / static_cast<double>(std::llabs(exact));
    ++nonzero_;
    relative_ += ratio;
    relative_squares_ += ratio * ratio;
    worst_.worst_relative_error = std::max(worst_.worst_relative_error, ratio);
  }

  ErrorMetrics metrics(int operand_bits) const {
    ErrorMetrics metrics = worst_;
    const auto n = static_cast<double>(pairs_);
    metrics.error_rate = static_cast<double>(wrong_) / n;
    metrics.mean_error = static_cast<double>(sum_) / n;
    metrics.mean_error_distance = static_cast<double>(distance_) / n;
    metrics.normalised_med = metrics.mean_error_distance / largest_code(operand_bits);
    metrics.mean_relative_error = nonzero_ == 0 ? 0 : relative_ / static_cast<double>(nonzero_);
    metrics.mean_squared_error = static_cast<double>(squares_) / n;
    metrics.variance = static_cast<double>(pairs_ * squares_ - static_cast<Unsigned128>(sum_ * sum_)) / (n * n);
    metrics.standard_deviation = std::sqrt(metrics.variance);
    return metrics;
  }

  /// 1.96 standard errors of each mean.
  SampleIntervals intervals(const ErrorMetrics& m, const PairSample& sample) const {
    const auto half = [](double mean_of_squares, double mean, uint64_t count) {
      const double variance = std::max(0.0, mean_of_squares - mean * mean);
      return count == 0 ? 0 : 1.96 * std::sqrt(variance / static_cast<double>(count));
    };
    const double relative_square = nonzero_ == 0 ? 0 : relative_squares_ / static_cast<double>(nonzero_);
    const double few = 3 / static_cast<double>(pairs_);  // rule of three: of a rate that was 0 or 1
    return {sample.pairs,
            sample.seed,
            std::max(few, half(m.error_rate, m.error_rate, pairs_)),
            half(m.mean_squared_error, m.mean_error, pairs_),
            half(m.mean_squared_error, m.mean_error_distance, pairs_),
            half(relative_square, m.mean_relative_error, nonzero_),
            half(fourths_ / static_cast<double>(pairs_), m.mean_squared_error, pairs_)};
  }

 private:
  uint64_t pairs_ = 0, wrong_ = 0, nonzero_ = 0;
  Signed128 sum_ = 0, distance_ = 0;
  Unsigned128 squares_ = 0;
  double fourths_ = 0, relative_ = 0, relative_squares_ = 0;
  ErrorMetrics worst_;  // its worst pair and worst_relative_error
};

}  // namespace

ErrorMetrics error_metrics(const TruthTable& table) {
  const TruthTable exact = exact_table(table.a_bits, table.b_bits, table.is_signed);
  Sums sums;
  for (size_t i = 0; i < table.values.size(); ++i) {
    const auto a = static_cast<uint32_t>(i >> table.b_bits);
    sums.add(table.values[i], exact.values[i], a, static_cast<uint32_t>(i - (size_t{a} << table.b_bits)));
  }
  return sums.metrics(table.a_bits + table.b_bits);
}

ErrorMetrics error_metrics(const ProductCodes& products, bool is_signed) {
  Sums sums;
  for (size_t i = 0; i < products.codes.size(); ++i)
    sums.add(products.value(i, is_signed), products.exact(i, is_signed), products.a(i), products.b(i));
  ErrorMetrics metrics = sums.metrics(products.a_bits + products.b_bits);
  if (products.is_sample()) metrics.sample = sums.intervals(metrics, products.sample);
  return metrics;
}

ErrorMetrics error_metrics(const TruthTable& table, const OperandHistogram& histogram) {
  if (histogram.a_bits != table.a_bits || histogram.b_bits != table.b_bits)
    throw InputError("histogram", fmt::format("operands of {} and {} bits; {} and {}, those of the multiplier, are "
                                              "expected",
                                              histogram.a_bits, histogram.b_bits, table.a_bits, table.b_bits));
  const TruthTable exact = exact_table(table.a_bits, table.b_bits, table.is_signed);
  ErrorMetrics metrics;
  double nonzero = 0;
  for (size_t i = 0; i < table.values.size(); ++i) {
    const double weight = histogram.weight[i];
    if (weight == 0) continue;
    const int64_t product = exact.values[i], error = table.values[i] - product, size = std::llabs(error);
    const auto e = static_cast<double>(error), distance = static_cast<double>(size);
    metrics.error_rate += error != 0 ? weight : 0;
    metrics.mean_error += weight * e;
    metrics.mean_error_distance += weight * distance;
    metrics.mean_squared_error += weight * e * e;
    note_worst(metrics, size, static_cast<uint32_t>(i >> table.b_bits),
               static_cast<uint32_t>(i & ((size_t{1} << table.b_bits) - 1)));
    if (product == 0) continue;
    nonzero += weight;
    const double ratio = distance / static_cast<double>(std::llabs(product));
    metrics.mean_relative_error += weight * ratio;
    metrics.worst_relative_error = std::max(metrics.worst_relative_error, ratio);
  }
  metrics.normalised_med = metrics.mean_error_distance / largest_code(table.a_bits + table.b_bits);
  if (nonzero > 0) metrics.mean_relative_error /= nonzero;
  metrics.variance = variance_of(table, exact, metrics.mean_error, histogram);
  metrics.standard_deviation = std::sqrt(metrics.variance);
  return metrics;
}

}  // namespace tram
