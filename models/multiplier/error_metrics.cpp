#include "models/multiplier/error_metrics.hpp"

#include <cmath>
#include <cstdlib>

#include "models/support/error.hpp"

namespace tram {
namespace {

/// The mean squares about the mean: the difference of two large squares would lose a small deviation.
template <class Weight>
double variance_of(const TruthTable& table, const TruthTable& exact, double mean, const Weight& weight) {
  double squares = 0;
  for (size_t i = 0; i < table.values.size(); ++i) {
    const double deviation = static_cast<double>(int64_t{table.values[i]} - exact.values[i]) - mean;
    squares += weight(i) * deviation * deviation;
  }
  return squares;
}

void note_worst(ErrorMetrics& metrics, const TruthTable& table, size_t i, int64_t size) {
  if (size <= metrics.max_error) return;
  metrics.max_error = size;
  metrics.worst_a = static_cast<uint32_t>(i >> table.b_bits);
  metrics.worst_b = static_cast<uint32_t>(i & ((size_t{1} << table.b_bits) - 1));
}

double largest_code_product(const TruthTable& table) { return std::exp2(table.a_bits + table.b_bits) - 1; }

}  // namespace

ErrorMetrics error_metrics(const TruthTable& table) {
  const TruthTable exact = exact_table(table.a_bits, table.b_bits, table.is_signed);
  const auto pairs = static_cast<double>(table.values.size());
  ErrorMetrics metrics;
  int64_t wrong = 0, sum = 0, distance = 0, nonzero = 0;
  double squares = 0, relative = 0;
  for (size_t i = 0; i < table.values.size(); ++i) {
    const int64_t product = exact.values[i], error = table.values[i] - product, size = std::llabs(error);
    wrong += error != 0;
    sum += error;
    distance += size;
    squares += static_cast<double>(error) * static_cast<double>(error);
    note_worst(metrics, table, i, size);
    if (product == 0) continue;
    ++nonzero;
    relative += static_cast<double>(size) / static_cast<double>(std::llabs(product));
  }
  metrics.error_rate = static_cast<double>(wrong) / pairs;
  metrics.mean_error = static_cast<double>(sum) / pairs;
  metrics.mean_error_distance = static_cast<double>(distance) / pairs;
  metrics.normalised_med = metrics.mean_error_distance / largest_code_product(table);
  metrics.mean_relative_error = nonzero == 0 ? 0 : relative / static_cast<double>(nonzero);
  metrics.mean_squared_error = squares / pairs;
  metrics.variance = variance_of(table, exact, metrics.mean_error, [](size_t) { return 1.0; }) / pairs;
  metrics.standard_deviation = std::sqrt(metrics.variance);
  return metrics;
}

ErrorMetrics error_metrics(const TruthTable& table, const OperandHistogram& histogram) {
  if (histogram.a_bits != table.a_bits || histogram.b_bits != table.b_bits)
    throw InputError("histogram", fmt::format("operands of {} and {} bits; {} and {}, those of the multiplier, are "
                                              "expected", histogram.a_bits, histogram.b_bits, table.a_bits,
                                              table.b_bits));
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
    note_worst(metrics, table, i, size);
    if (product == 0) continue;
    nonzero += weight;
    metrics.mean_relative_error += weight * distance / static_cast<double>(std::llabs(product));
  }
  metrics.normalised_med = metrics.mean_error_distance / largest_code_product(table);
  if (nonzero > 0) metrics.mean_relative_error /= nonzero;
  metrics.variance = variance_of(table, exact, metrics.mean_error, [&](size_t i) { return histogram.weight[i]; });
  metrics.standard_deviation = std::sqrt(metrics.variance);
  return metrics;
}

}  // namespace tram
