#include "sim/observers/meter.hpp"

#include <algorithm>

namespace tram {

void Meter::start(uint64_t cycle, size_t layers) {
  start_ = cycle;
  layers_.assign(layers, {});
  windows_.clear();
}

EnergyBreakdown& Meter::window(uint64_t index) {
  if (index >= windows_.size()) windows_.resize(index + 1);
  return windows_[index];
}

void Meter::energy(double EnergyBreakdown::* component, int layer, uint64_t first, uint64_t end, double joules) {
  if (joules == 0) return;
  layers_[static_cast<size_t>(layer)].energy.*component += joules;
  const uint64_t begin = first - start_;
  const uint64_t length = std::max<uint64_t>(end, first + 1) - first;
  for (uint64_t at = begin; at < begin + length;) {
    const uint64_t index = at / window_cycles_;
    const uint64_t next = std::min((index + 1) * window_cycles_, begin + length);
    window(index).*component += joules * static_cast<double>(next - at) / static_cast<double>(length);
    at = next;
  }
}

std::vector<PowerWindow> Meter::power(uint64_t end, double clock_hz) const {
  const uint64_t cycles = end - start_;
  std::vector<PowerWindow> windows;
  for (uint64_t first = 0; first < cycles; first += window_cycles_) {
    const uint64_t index = first / window_cycles_;
    const uint64_t length = std::min(window_cycles_, cycles - first);
    windows.push_back({static_cast<double>(first) / clock_hz, static_cast<double>(length) / clock_hz,
                       index < windows_.size() ? windows_[index] : EnergyBreakdown{}});
  }
  return windows;
}

}  // namespace tram
