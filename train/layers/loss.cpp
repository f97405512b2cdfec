#include "train/layers/loss.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tram::train {
namespace {

/// log softmax(row / temperature), in double and shifted by the largest value so that it cannot overflow.
std::vector<double> log_softmax(std::span<const float> row, double temperature) {
  const double largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (const float value : row) sum += std::exp((value - largest) / temperature);
  std::vector<double> result;
  for (const float value : row) result.push_back((value - largest) / temperature - std::log(sum));
  return result;
}

/// One row's answer wanted at temperature 1, and its weight in the loss: labels, then the teacher.
struct RowTarget {
  std::vector<double> wanted;
  double weight, temperature;
};

std::vector<RowTarget> row_targets(const Targets& targets, size_t n, size_t classes) {
  std::vector<RowTarget> all;
  const double weight = targets.teacher != nullptr ? targets.weight : 0;
  if (weight < 1) {
    std::vector<double> q(classes, double{targets.smoothing} / static_cast<double>(classes));
    q[static_cast<size_t>(targets.labels[n])] += 1 - double{targets.smoothing};
    all.push_back({std::move(q), 1 - weight, 1});
  }
  if (weight > 0) {
    std::vector<double> p = log_softmax(targets.teacher->values().subspan(n * classes, classes), targets.temperature);
    for (double& value : p) value = std::exp(value);
    all.push_back({std::move(p), weight, targets.temperature});
  }
  return all;
}

}  // namespace

LossResult loss_forward(const BatchTensor& logits, const Targets& targets) {
  const auto classes = static_cast<size_t>(logits.shape().channels);
  LossResult result;
  for (size_t n = 0; n < targets.labels.size(); ++n) {
    const auto row = logits.values().subspan(n * classes, classes);
    for (const RowTarget& target : row_targets(targets, n, classes)) {
      const std::vector<double> answer = log_softmax(row, target.temperature);
      for (size_t c = 0; c < classes; ++c)
        result.loss -= target.weight * target.temperature * target.temperature * target.wanted[c] * answer[c];
    }
    result.correct += std::max_element(row.begin(), row.end()) - row.begin() == targets.labels[n];
  }
  return result;
}

void loss_backward(const BatchTensor& logits, const Targets& targets, float scale, BatchTensor& dlogits) {
  const auto classes = static_cast<size_t>(logits.shape().channels);
  for (size_t n = 0; n < targets.labels.size(); ++n) {
    const auto row = logits.values().subspan(n * classes, classes);
    const auto gradient = dlogits.values().subspan(n * classes, classes);
    std::vector<double> sum(classes);
    for (const RowTarget& target : row_targets(targets, n, classes)) {
      const std::vector<double> answer = log_softmax(row, target.temperature);
      for (size_t c = 0; c < classes; ++c)
        sum[c] += target.weight * target.temperature * (std::exp(answer[c]) - target.wanted[c]);
    }
    for (size_t c = 0; c < classes; ++c) gradient[c] = scale * static_cast<float>(sum[c]);
  }
}

}  // namespace tram::train
