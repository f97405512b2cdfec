#include "train/data/mixup.hpp"

#include <algorithm>
#include <cmath>

#include "models/data/philox.hpp"

namespace tram::train {
namespace {

constexpr uint32_t mixup_stream = 0x7477'0005;

}  // namespace

float mixup_share(float concentration, uint64_t seed, uint64_t use) {
  RandomItem random(seed, mixup_stream, use);
  while (true) {
    const float a = std::pow(random.unit(), 1 / concentration), b = std::pow(random.unit(), 1 / concentration);
    if (a + b > 0 && a + b <= 1) return std::max(a, b) / (a + b);
  }
}

void mix_with_next(std::span<const float> shares, BatchTensor& batch) {
  const size_t size = batch.values().size() / shares.size();
  const auto image = [&](size_t row) { return batch.values().subspan(row * size, size); };
  const std::vector<float> first(image(0).begin(), image(0).end());
  for (size_t row = 0; row < shares.size(); ++row) {
    const std::span<const float> next = row + 1 < shares.size() ? image(row + 1) : std::span<const float>(first);
    std::ranges::transform(image(row), next, image(row).begin(),
                           [share = shares[row]](float own, float other) { return share * own + (1 - share) * other; });
  }
}

std::vector<int> labels_of_next(std::span<const int> labels) {
  std::vector<int> next(labels.begin(), labels.end());
  std::ranges::rotate(next, next.begin() + 1);
  return next;
}

}  // namespace tram::train
