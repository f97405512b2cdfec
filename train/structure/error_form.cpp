#include "train/structure/error_form.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "models/support/error.hpp"

namespace tram::train {
namespace {

/// sums[mask] = sum of f over the x that have all bits of the mask.
std::vector<double> superset_sums(std::span<const double> f) {
  std::vector<double> sums(f.begin(), f.end());
  for (size_t bit = 1; bit < sums.size(); bit *= 2)
    for (size_t x = 0; x < sums.size(); ++x)
      if ((x & bit) == 0) sums[x] += sums[x | bit];
  return sums;
}

}  // namespace

std::vector<std::vector<double>> error_weights(std::span<const OperandStatistics> layers) {
  const bool by_fisher = have_fisher(layers);
  std::vector<std::vector<double>> weights;
  double sum = 0;
  for (const OperandStatistics& layer : layers) {
    if (layer.bits() != layers[0].bits()) throw std::invalid_argument("statistics of different operands");
    const std::span<const double> of_layer = by_fisher ? layer.fisher() : layer.counts();
    weights.emplace_back(of_layer.begin(), of_layer.end());
    sum = std::accumulate(of_layer.begin(), of_layer.end(), sum);
  }
  if (sum == 0) throw InputError("operands", "no multiplications; statistics of some are expected");
  for (std::vector<double>& of_layer : weights)
    for (double& weight : of_layer) weight /= sum;
  return weights;
}

ErrorForm::ErrorForm(std::span<const OperandStatistics> layers) : bits_(layers.empty() ? 8 : layers[0].bits()) {
  const int dots = bits_ * bits_;
  for (int p = 0; p < dots; ++p) parts_.push_back({p, -1, p / bits_ + p % bits_});
  pairs_.assign(static_cast<size_t>(dots) * dots, -1);
  for (int p = 0; p < dots; ++p)
    for (int q = p + 1; q < dots; ++q) {
      if (parts_[p].column != parts_[q].column) continue;
      pairs_[static_cast<size_t>(p) * dots + q] = static_cast<int>(parts_.size());
      parts_.push_back({p, q, parts_[p].column});
    }
  for (const Part& part : parts_) {
    const auto bit = [](int index) { return index < 0 ? 0u : 1u << index; };
    w_masks_.push_back(bit(part.first / bits_) | (part.second < 0 ? 0u : bit(part.second / bits_)));
    x_masks_.push_back(bit(part.first % bits_) | (part.second < 0 ? 0u : bit(part.second % bits_)));
  }
  matrix_.assign(parts_.size() * parts_.size(), 0.0);
  for (const std::vector<double>& weights : error_weights(layers)) add_layer(weights);
  for (size_t p = 0; p < parts_.size(); ++p)
    for (size_t q = 0; q < p; ++q) matrix_[p * parts_.size() + q] = matrix_[q * parts_.size() + p];
}

/// Adds the moments of a layer for q >= p.
void ErrorForm::add_layer(std::span<const double> weights) {
  const uint32_t codes = 1u << bits_;
  std::vector<double> sums(parts_.size());
  std::vector<size_t> there;  // parts that are not 0 for this w
  for (uint32_t w = 0; w < codes; ++w) {
    const std::vector<double> moments = superset_sums(weights.subspan(size_t{w} * codes, codes));
    if (moments[0] == 0) continue;
    there.clear();
    for (size_t p = 0; p < parts_.size(); ++p) {
      const bool is_there = (w_masks_[p] & w) == w_masks_[p];
      sums[p] = is_there ? std::ldexp(moments[x_masks_[p]], parts_[p].column) : 0;
      if (is_there) there.push_back(p);
    }
    for (size_t i = 0; i < there.size(); ++i)
      for (size_t k = i; k < there.size(); ++k) {
        const size_t p = there[i], q = there[k];
        matrix_[p * parts_.size() + q] +=
            std::ldexp(moments[x_masks_[p] | x_masks_[q]], parts_[p].column + parts_[q].column);
      }
    subtract_means(sums, moments[0]);
  }
}

void ErrorForm::subtract_means(const std::vector<double>& sums, double weight) {
  for (size_t p = 0; p < parts_.size(); ++p) {
    if (sums[p] == 0) continue;
    const double share = sums[p] / weight;
    for (size_t q = p; q < parts_.size(); ++q) matrix_[p * parts_.size() + q] -= share * sums[q];
  }
}

double ErrorForm::value(std::span<const double> removed) const {
  double sum = 0;
  for (size_t p = 0; p < parts_.size(); ++p)
    for (size_t q = 0; removed[p] != 0 && q < parts_.size(); ++q) sum += removed[p] * at(p, q) * removed[q];
  return sum;
}

double weighted_error(std::span<const OperandStatistics> layers, std::span<const int32_t> products) {
  double squares = 0;
  for (const std::vector<double>& weights : error_weights(layers)) {
    const size_t codes = size_t{1} << layers[0].bits();
    for (size_t w = 0; w < codes; ++w) {
      double weight = 0, error_sum = 0;
      for (size_t x = 0; x < codes; ++x) {
        const size_t pair = w * codes + x;
        const double error = products[pair] - static_cast<double>(w * x);
        weight += weights[pair];
        error_sum += weights[pair] * error;
        squares += weights[pair] * error * error;
      }
      if (weight > 0) squares -= error_sum * error_sum / weight;
    }
  }
  return squares;
}

}  // namespace tram::train
