#include "models/multiplier/error_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace tram {

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
    metrics.max_error = std::max(metrics.max_error, size);
    if (product == 0) continue;
    ++nonzero;
    relative += static_cast<double>(size) / static_cast<double>(std::llabs(product));
  }
  metrics.error_rate = static_cast<double>(wrong) / pairs;
  metrics.mean_error = static_cast<double>(sum) / pairs;
  metrics.mean_error_distance = static_cast<double>(distance) / pairs;
  metrics.normalised_med = metrics.mean_error_distance / (pairs - 1);
  metrics.mean_relative_error = relative / static_cast<double>(nonzero);
  metrics.mean_squared_error = squares / pairs;
  double deviations = 0;  // about the mean: the difference of two large squares would lose a small deviation
  for (size_t i = 0; i < table.values.size(); ++i) {
    const double deviation = static_cast<double>(int64_t{table.values[i]} - exact.values[i]) - metrics.mean_error;
    deviations += deviation * deviation;
  }
  metrics.standard_deviation = std::sqrt(deviations / pairs);
  return metrics;
}

}  // namespace tram
