#include "train/layers/cross_entropy.hpp"

#include <algorithm>
#include <cmath>

namespace tram::train {
namespace {

/// log sum exp of a row, in double and shifted by the largest value so that it cannot overflow.
double log_sum_exp(std::span<const float> row) {
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (const float value : row) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

}  // namespace

CrossEntropyResult cross_entropy_forward(const BatchTensor& logits, std::span<const int> labels) {
  const auto classes = static_cast<size_t>(logits.shape().channels);
  CrossEntropyResult result;
  for (size_t n = 0; n < labels.size(); ++n) {
    const auto row = logits.values().subspan(n * classes, classes);
    result.loss += log_sum_exp(row) - row[static_cast<size_t>(labels[n])];
    result.correct += std::max_element(row.begin(), row.end()) - row.begin() == labels[n];
  }
  return result;
}

void cross_entropy_backward(const BatchTensor& logits, std::span<const int> labels, float scale,
                            BatchTensor& dlogits) {
  const auto classes = static_cast<size_t>(logits.shape().channels);
  for (size_t n = 0; n < labels.size(); ++n) {
    const auto row = logits.values().subspan(n * classes, classes);
    const auto gradient = dlogits.values().subspan(n * classes, classes);
    const double normaliser = log_sum_exp(row);
    for (size_t c = 0; c < classes; ++c) gradient[c] = scale * static_cast<float>(std::exp(row[c] - normaliser));
    gradient[static_cast<size_t>(labels[n])] -= scale;
  }
}

}  // namespace tram::train
