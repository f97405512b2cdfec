#include "train/structure/coherent_error.hpp"

#include <algorithm>
#include <array>

#include "models/support/error.hpp"

namespace tram::train {
namespace {

/// The share of products whose x has each bit.
std::vector<float> bit_means(const OperandStatistics& layer) {
  const auto bits = static_cast<size_t>(layer.bits());
  std::vector<double> sums(bits);
  for (size_t i = 0; i < layer.counts().size(); ++i)
    for (size_t j = 0; j < bits; ++j)
      if ((i >> j & 1) != 0) sums[j] += layer.counts()[i];
  std::vector<float> means;
  for (const double sum : sums) means.push_back(static_cast<float>(sum / layer.multiplications()));
  return means;
}

}  // namespace

CoherentError::CoherentError(std::span<const OperandStatistics> layers) : bits_(layers.empty() ? 8 : layers[0].bits()) {
  const auto bits = static_cast<size_t>(bits_), codes = size_t{1} << bits_;
  for (const OperandStatistics& layer : layers) {
    std::vector<float>& centred = slopes_.emplace_back();
    const std::vector<float> means = bit_means(layer);
    for (const std::vector<float>& image : layer.slopes())
      for (size_t w = 0; w < codes; ++w)
        for (size_t j = 0; j < bits; ++j)
          centred.push_back(image[w * (bits + 1) + j] - means[j] * image[w * (bits + 1) + bits]);
    images_ = std::max(images_, layer.slopes().size());
  }
}

double CoherentError::error(std::span<const Recoding> recodings, std::span<const int32_t> products) const {
  const auto bits = static_cast<size_t>(bits_), codes = size_t{1} << bits_;
  std::vector<double> growth(images_);
  std::vector<float> errors(codes * bits);
  for (size_t layer = 0; layer < slopes_.size(); ++layer) {
    for (size_t w = 0; w < codes; ++w)
      for (size_t j = 0; j < bits; ++j)
        errors[w * bits + j] = static_cast<float>(products[size_t{recodings[layer][w]} << bits | size_t{1} << j]) -
                               static_cast<float>(w << j);
    for (size_t image = 0; image < slopes_[layer].size() / errors.size(); ++image) {
      constexpr size_t lanes = 16;  // side by side, so that compilers take vectors
      std::array<float, lanes> sums{};
      const float* own = slopes_[layer].data() + image * errors.size();
      for (size_t i = 0; i < errors.size(); i += lanes)
        for (size_t lane = 0; lane < lanes; ++lane) sums[lane] += own[i + lane] * errors[i + lane];
      for (const float sum : sums) growth[image] += sum;
    }
  }
  double squares = 0;
  for (const double g : growth) squares += g * g;
  return images_ == 0 ? 0 : squares / static_cast<double>(images_);
}

}  // namespace tram::train
