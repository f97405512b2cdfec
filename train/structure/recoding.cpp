#include "train/structure/recoding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/support/error.hpp"

namespace tram::train {
RecodedError::RecodedError(std::span<const OperandStatistics> layers) : bits_(layers.empty() ? 8 : layers[0].bits()) {
  const size_t codes = size_t{1} << bits_;
  by_activation_.resize(codes * layers.size());
  double all = 0;
  for (const OperandStatistics& statistics : layers) {
    Layer layer{std::vector<double>(codes)};
    std::vector<double> by_activation(codes);
    const auto weights = statistics.error_weights();
    for (size_t i = 0; i < weights.size(); ++i) {
      layer.by_weight[i >> bits_] += weights[i];
      by_activation[i & (codes - 1)] += weights[i];
    }
    const double sum = std::accumulate(layer.by_weight.begin(), layer.by_weight.end(), 0.0);
    if (sum <= 0) continue;
    all += sum;
    double squares = 0;
    for (size_t x = 0; x < codes; ++x) {
      by_activation[x] /= sum;
      layer.mean += by_activation[x] * static_cast<double>(x);
      squares += by_activation[x] * static_cast<double>(x * x);
      by_activation_[x * layers.size() + layers_.size()] = by_activation[x];
    }
    layer.variance = squares - layer.mean * layer.mean;
    layers_.push_back(std::move(layer));
  }
  if (all <= 0 || layers_.size() != layers.size())
    throw InputError("operands", "a layer without multiplications; at least one in each is expected");
  for (Layer& layer : layers_)
    for (double& weight : layer.by_weight) weight /= all;
}

std::vector<RecodedError::Moments> RecodedError::moments(size_t first, size_t count,
                                                         std::span<const int32_t> products) const {
  const size_t codes = size_t{1} << bits_;
  std::vector<Moments> moments(count, {std::vector<double>(codes), std::vector<double>(codes)});
  std::vector<double> mean(count), squares(count), joint(count);
  for (size_t c = 0; c < codes; ++c) {
    for (auto* sums : {&mean, &squares, &joint}) std::ranges::fill(*sums, 0.0);
    for (size_t x = 0; x < codes; ++x) {
      const double product = products[c << bits_ | x], activation = static_cast<double>(x);
      const double* h = by_activation_.data() + x * layers_.size() + first;
      for (size_t layer = 0; layer < count; ++layer) {
        const double weighted = h[layer] * product;
        mean[layer] += weighted;
        squares[layer] += weighted * product;
        joint[layer] += weighted * activation;
      }
    }
    for (size_t layer = 0; layer < count; ++layer) {
      moments[layer].variance[c] = squares[layer] - mean[layer] * mean[layer];
      moments[layer].covariance[c] = joint[layer] - mean[layer] * layers_[first + layer].mean;
    }
  }
  return moments;
}

std::vector<double> RecodedError::least_errors(const Layer& layer, const Moments& of) const {
  std::vector<double> errors(layer.by_weight.size(), std::numeric_limits<double>::infinity());
  for (size_t c = 0; c < of.variance.size(); ++c)
    for (size_t w = 0; w < errors.size(); ++w)
      errors[w] = std::min(errors[w], of.variance[c] - 2 * static_cast<double>(w) * of.covariance[c]);
  for (size_t w = 0; w < errors.size(); ++w) errors[w] += static_cast<double>(w) * static_cast<double>(w) * layer.variance;
  return errors;
}

double RecodedError::error(std::span<const int32_t> products) const {
  const std::vector<Moments> of = moments(0, layers_.size(), products);
  double sum = 0;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::vector<double> errors = least_errors(layers_[i], of[i]);
    sum += std::inner_product(errors.begin(), errors.end(), layers_[i].by_weight.begin(), 0.0);
  }
  return sum;
}

Recoding RecodedError::recoding(size_t index, std::span<const int32_t> products, std::span<const double> costs) const {
  const Moments of = moments(index, 1, products)[0];
  const auto codes = static_cast<int>(of.variance.size());
  Recoding recoding;
  for (int w = 0; w < codes; ++w) {
    const auto cost = [&](int c) {
      return of.variance[c] - 2.0 * w * of.covariance[c] + (costs.empty() ? 0 : costs[c]);
    };
    int best = w;  // the nearest of equals: outwards from w
    for (int distance = 1; distance < codes; ++distance)
      for (const int c : {w - distance, w + distance})
        if (c >= 0 && c < codes && cost(c) < cost(best)) best = c;
    recoding.push_back(static_cast<uint8_t>(best));
  }
  return recoding;
}

TruthTable recoded(const TruthTable& original, const Recoding& recoding) {
  TruthTable table = original;
  const size_t codes = size_t{1} << original.b_bits;
  for (size_t w = 0; w < recoding.size(); ++w)
    std::copy_n(original.values.begin() + static_cast<int64_t>(recoding[w] * codes), codes,
                table.values.begin() + static_cast<int64_t>(w * codes));
  return table;
}

std::vector<OperandTransition> recoded(std::vector<OperandTransition> transitions, const Recoding& recoding) {
  for (OperandTransition& t : transitions) t.weight = recoding[t.weight];
  return transitions;
}

JointTransitions::JointTransitions(std::span<const OperandStatistics> layers, size_t count) {
  double all = 0;
  for (const OperandStatistics& layer : layers) all += layer.multiplications();
  for (const OperandStatistics& layer : layers) {
    by_layer_.push_back(layer.transitions());
    const auto share = static_cast<size_t>(std::ceil(static_cast<double>(count) * layer.multiplications() / all));
    by_layer_.back().resize(std::min(by_layer_.back().size(), share));
  }
}

std::vector<OperandTransition> JointTransitions::plain() const {
  std::vector<OperandTransition> joint;
  for (const auto& own : by_layer_) joint.insert(joint.end(), own.begin(), own.end());
  return joint;
}

std::vector<OperandTransition> JointTransitions::recoded(std::span<const Recoding> recodings) const {
  std::vector<OperandTransition> joint;
  for (size_t layer = 0; layer < by_layer_.size(); ++layer) {
    const auto own = train::recoded(by_layer_[layer], recodings[layer]);
    joint.insert(joint.end(), own.begin(), own.end());
  }
  return joint;
}

}  // namespace tram::train
