#include "train/structure/operand_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>

#include "models/data/philox.hpp"
#include "models/gemm/soft_table_gemm.hpp"

namespace tram::train {
namespace {

constexpr uint32_t transition_stream = 0x7473'0000;

/// Uniform in (0, 1), 53 bits.
double uniform(RandomItem& random) {
  const uint64_t high = random.next() >> 6, low = random.next() >> 5;
  return (static_cast<double>(high << 27 | low) + 0.5) * 0x1p-53;
}

}  // namespace

OperandStatistics::OperandStatistics(const Options& options)
    : options_(options), counts_(size_t{1} << (2 * options.bits), 0.0), fisher_(counts_.size(), 0.0) {}

void OperandStatistics::add(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps,
                            std::span<const float> dproducts) {
  const auto m = static_cast<size_t>(shape.m), n = static_cast<size_t>(shape.n), k = static_cast<size_t>(shape.k);
  if (weights.size() != n * k || taps.size() != m * k || (!dproducts.empty() && dproducts.size() != m * n))
    throw std::invalid_argument("operands of other sizes than their shape");
  add_counts(shape, weights, taps);
  if (!dproducts.empty()) add_fisher(shape, weights, taps, dproducts);
  if (!dproducts.empty() && options_.images > 0) add_slopes(shape, weights, taps, dproducts);
  add_transitions(shape, weights, taps);
  ++blocks_;
}

/// The pairs of one k are all of its weights with all of its taps.
void OperandStatistics::add_counts(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps) {
  const size_t codes = size_t{1} << options_.bits, k_count = static_cast<size_t>(shape.k);
  std::vector<double> of_w(codes), of_x(codes);
  for (size_t k = 0; k < k_count; ++k) {
    std::ranges::fill(of_w, 0.0);
    std::ranges::fill(of_x, 0.0);
    for (size_t i = k; i < weights.size(); i += k_count) ++of_w.at(weights[i]);
    for (size_t i = k; i < taps.size(); i += k_count) ++of_x.at(taps[i]);
    for (size_t w = 0; w < codes; ++w) {
      if (of_w[w] == 0) continue;
      double* const row = counts_.data() + w * codes;
      for (size_t x = 0; x < codes; ++x) row[x] += of_w[w] * of_x[x];
    }
  }
}

void OperandStatistics::add_fisher(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps,
                                   std::span<const float> dproducts) {
  double largest = 0;
  for (const float d : dproducts) largest = std::max(largest, std::abs(double{d}));
  if (largest == 0) return;
  std::vector<float> squares(dproducts.size()), sums(fisher_.size(), 0.0F);
  std::ranges::transform(dproducts, squares.begin(), [&](float d) {
    const double relative = d / largest;  // whose square does not underflow where it counts
    return static_cast<float>(relative * relative);
  });
  table_gradient(options_.bits, shape, weights, taps, squares, sums);
  for (size_t i = 0; i < sums.size(); ++i) fisher_[i] += largest * largest * sums[i];
}

void OperandStatistics::add_slopes(GemmShape shape, std::span<const uint8_t> weights, std::span<const uint8_t> taps,
                                   std::span<const float> dproducts) {
  if (shape.m % options_.images != 0) throw std::invalid_argument("rows of operands that images cannot share");
  GemmShape of_image = shape;
  of_image.m /= options_.images;
  const auto m = static_cast<size_t>(of_image.m), n = static_cast<size_t>(shape.n), k = static_cast<size_t>(shape.k);
  const size_t codes = size_t{1} << options_.bits, bits = static_cast<size_t>(options_.bits);
  std::vector<float> sums(codes * codes);
  for (size_t image = 0; image < static_cast<size_t>(options_.images); ++image) {
    if (std::ssize(slopes_) >= options_.slope_images) return;
    std::ranges::fill(sums, 0.0F);
    table_gradient(options_.bits, of_image, weights, taps.subspan(image * m * k, m * k),
                   dproducts.subspan(image * m * n, m * n), sums);
    std::vector<float>& own = slopes_.emplace_back(codes * (bits + 1), 0.0F);
    for (size_t w = 0; w < codes; ++w)
      for (size_t x = 0; x < codes; ++x)
        for (size_t j = 0; j <= bits; ++j)
          if (j == bits || (x >> j & 1) != 0) own[w * (bits + 1) + j] += sums[w * codes + x];
  }
}

/// Draws the least of `total` uniform keys in rising order, each for another transition, while they are among those
/// that are kept.
void OperandStatistics::add_transitions(GemmShape shape, std::span<const uint8_t> weights,
                                        std::span<const uint8_t> taps) {
  if (shape.m < 2) return;
  const auto m = static_cast<uint64_t>(shape.m), n = static_cast<uint64_t>(shape.n), k = static_cast<uint64_t>(shape.k);
  const uint64_t total = (m - 1) * n * k;
  RandomItem random(options_.seed, transition_stream + options_.stream, blocks_);
  std::set<uint64_t> drawn;
  double key = 0;
  for (uint64_t left = total; left > 0; --left) {
    key += (1 - key) * -std::expm1(std::log(uniform(random)) / static_cast<double>(left));
    uint64_t place = 0;
    do {
      place = static_cast<uint64_t>(uniform(random) * static_cast<double>(total));
    } while (!drawn.insert(place).second);
    const uint64_t tap = place % k, row = place / k % (m - 1), column = place / k / (m - 1);
    const OperandTransition transition{weights[column * k + tap], taps[row * k + tap], taps[(row + 1) * k + tap]};
    if (!keep(key, transition)) return;
  }
}

bool OperandStatistics::keep(double key, const OperandTransition& transition) {
  if (sample_.size() >= options_.transitions) {
    if (sample_.empty() || std::prev(sample_.end())->first <= key) return false;
    sample_.erase(std::prev(sample_.end()));
  }
  sample_.emplace(key, transition);
  return true;
}

double OperandStatistics::multiplications() const { return std::accumulate(counts_.begin(), counts_.end(), 0.0); }

std::vector<OperandTransition> OperandStatistics::transitions() const {
  std::vector<OperandTransition> all;
  for (const auto& [key, transition] : sample_) all.push_back(transition);
  return all;
}

bool have_fisher(std::span<const OperandStatistics> layers) {
  return std::ranges::any_of(layers, [](const OperandStatistics& layer) {
    return std::ranges::any_of(layer.fisher(), [](double value) { return value > 0; });
  });
}

}  // namespace tram::train
