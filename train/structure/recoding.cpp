#include "train/structure/recoding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram::train {
namespace {

/// Partial sums side by side, so that compilers take vectors, of whatever length, with one result.
double dot(std::span<const double> a, std::span<const double> b) {
  constexpr size_t lanes = 8;
  std::array<double, lanes> sums{};
  size_t i = 0;
  for (; i + lanes <= a.size(); i += lanes)
    for (size_t lane = 0; lane < lanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

RecodedError::RecodedError(std::span<const OperandStatistics> layers) : bits_(layers.empty() ? 8 : layers[0].bits()) {
  const size_t codes = size_t{1} << bits_;
  const bool by_fisher = have_fisher(layers);
  double all = 0;
  for (const OperandStatistics& statistics : layers) {
    if (statistics.multiplications() == 0)
      throw InputError("operands", "a layer without multiplications; at least one in each is expected");
    Layer layer{std::vector<double>(codes), std::vector<double>(codes)};
    const std::span<const double> weights = by_fisher ? statistics.fisher() : statistics.counts();
    for (size_t i = 0; i < weights.size(); ++i) layer.by_weight[i >> bits_] += weights[i];
    const double sensitivity = std::accumulate(layer.by_weight.begin(), layer.by_weight.end(), 0.0);
    all += sensitivity;
    const std::span<const double> met = sensitivity > 0 ? weights : statistics.counts();
    for (size_t i = 0; i < met.size(); ++i) layer.by_activation[i & (codes - 1)] += met[i];
    const double sum = sensitivity > 0 ? sensitivity : statistics.multiplications();
    double squares = 0;
    for (size_t x = 0; x < codes; ++x) {
      layer.by_activation[x] /= sum;
      layer.mean += layer.by_activation[x] * static_cast<double>(x);
      squares += layer.by_activation[x] * static_cast<double>(x * x);
    }
    layer.variance = squares - layer.mean * layer.mean;
    layers_.push_back(std::move(layer));
  }
  if (layers_.empty()) throw InputError("operands", "no layer; at least one is expected");
  for (Layer& layer : layers_)
    for (double& weight : layer.by_weight) weight /= all;
}

std::vector<RecodedError::Moments> RecodedError::moments(std::span<const Layer> layers,
                                                         std::span<const int32_t> products) const {
  const size_t codes = size_t{1} << bits_;
  std::vector<Moments> moments(layers.size(), {std::vector<double>(codes), std::vector<double>(codes)});
  std::vector<double> product(codes), square(codes), joint(codes);  // by x
  for (size_t c = 0; c < codes; ++c) {
    for (size_t x = 0; x < codes; ++x) {
      product[x] = products[c << bits_ | x];
      square[x] = product[x] * product[x];
      joint[x] = product[x] * static_cast<double>(x);
    }
    for (size_t i = 0; i < layers.size(); ++i) {
      const std::span<const double> h = layers[i].by_activation;
      const double mean = dot(h, product);
      moments[i].variance[c] = dot(h, square) - mean * mean;
      moments[i].covariance[c] = dot(h, joint) - mean * layers[i].mean;
    }
  }
  return moments;
}

std::vector<double> RecodedError::min_errors(const Layer& layer, const Moments& of) const {
  const size_t codes = of.variance.size();
  std::vector<double> errors(codes, std::numeric_limits<double>::infinity()), twice_w(codes);
  for (size_t w = 0; w < codes; ++w) twice_w[w] = 2 * static_cast<double>(w);
  double* least = errors.data();
  for (size_t c = 0; c < codes; ++c) {
    const double variance = of.variance[c], covariance = of.covariance[c];
    for (size_t w = 0; w < codes; ++w) {
      const double error = variance - twice_w[w] * covariance;
      least[w] = error < least[w] ? error : least[w];
    }
  }
  for (size_t w = 0; w < codes; ++w) errors[w] += static_cast<double>(w) * static_cast<double>(w) * layer.variance;
  return errors;
}

double RecodedError::error(std::span<const int32_t> products) const {
  const std::vector<Moments> of = moments(layers_, products);
  double sum = 0;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::vector<double> errors = min_errors(layers_[i], of[i]);
    sum += std::inner_product(errors.begin(), errors.end(), layers_[i].by_weight.begin(), 0.0);
  }
  return sum;
}

std::vector<Recoding> RecodedError::recodings(std::span<const int32_t> products, int threads) const {
  std::vector<Recoding> all(layers_.size());
  parallel_for(static_cast<int64_t>(all.size()), threads, [&](int64_t layer) {
    all[static_cast<size_t>(layer)] = recoding(static_cast<size_t>(layer), products);
  });
  return all;
}

std::vector<Recoding> RecodedError::quick_recodings(std::span<const int32_t> products) const {
  const std::vector<Moments> all = moments(layers_, products);
  const size_t codes = size_t{1} << bits_;
  std::vector<Recoding> recodings;
  std::vector<float> least(codes), best(codes), twice_w(codes);
  for (size_t w = 0; w < codes; ++w) twice_w[w] = 2 * static_cast<float>(w);
  for (const Moments& of : all) {
    std::ranges::fill(least, std::numeric_limits<float>::infinity());
    for (size_t c = 0; c < codes; ++c) {
      const auto variance = static_cast<float>(of.variance[c]), covariance = static_cast<float>(of.covariance[c]);
      const auto code = static_cast<float>(c);
      for (size_t w = 0; w < codes; ++w) {
        const float error = variance - twice_w[w] * covariance;
        const bool is_less = error < least[w];
        least[w] = is_less ? error : least[w];
        best[w] = is_less ? code : best[w];
      }
    }
    Recoding& own = recodings.emplace_back();
    for (const float code : best) own.push_back(static_cast<uint8_t>(code));
  }
  return recodings;
}

Recoding RecodedError::recoding(size_t index, std::span<const int32_t> products, std::span<const double> costs) const {
  const Moments of = moments({&layers_[index], 1}, products)[0];
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
