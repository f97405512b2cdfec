#include "sim/observers/meter.hpp"

#include <algorithm>

namespace tram {
namespace {

/// What of `left` the intervals do not cover, both in the order of time; visit(first, end) sees what they do.
template <class Intervals, class Visit>
Intervals without(const Intervals& left, const Intervals& intervals, Visit&& visit) {
  Intervals still;
  auto begin = intervals.begin();
  for (auto gap : left) {
    while (begin != intervals.end() && begin->end <= gap.first) ++begin;
    for (auto next = begin; next != intervals.end() && next->first < gap.end; ++next) {
      const uint64_t first = std::max(gap.first, next->first), end = std::min(gap.end, next->end);
      if (first >= end) continue;
      visit(first, end);
      if (gap.first < first) still.push_back({gap.first, first});
      gap.first = end;
    }
    if (gap.first < gap.end) still.push_back(gap);
  }
  return still;
}

}  // namespace

void Meter::start(uint64_t cycle, size_t layers) {
  start_ = cycle;
  layers_.assign(layers, {});
  windows_.clear();
  busy_.clear();
  for (auto& intervals : active_) intervals.clear();
  window_cycles_ = asked_cycles_;
}

/// Makes windows up to so many cycles after the start.
void Meter::reach(uint64_t cycles) {
  while ((cycles - 1) / window_cycles_ >= kMostPowerWindows) {
    for (size_t i = 0; i < windows_.size(); ++i)
      if (i % 2 == 0) windows_[i / 2] = windows_[i];
      else windows_[i / 2] += windows_[i];
    windows_.resize((windows_.size() + 1) / 2);
    window_cycles_ *= 2;
  }
  windows_.resize(std::max<size_t>(windows_.size(), (cycles - 1) / window_cycles_ + 1));
}

void Meter::energy(double EnergyBreakdown::*component, int layer, uint64_t first, uint64_t end, double joules) {
  if (joules == 0) return;
  layers_[static_cast<size_t>(layer)].energy.*component += joules;
  const uint64_t begin = first - start_;
  const uint64_t length = std::max<uint64_t>(end, first + 1) - first;
  reach(begin + length);
  for (uint64_t at = begin; at < begin + length;) {
    const uint64_t index = at / window_cycles_;
    const uint64_t next = std::min((index + 1) * window_cycles_, begin + length);
    windows_[index].*component += joules * static_cast<double>(next - at) / static_cast<double>(length);
    at = next;
  }
}

void Meter::fold(int layer, uint64_t first, uint64_t end) {
  layers_[static_cast<size_t>(layer)].fold_cycles += end - first;
  if (!busy_.empty() && busy_.back().end == first) busy_.back().end = end;
  else busy_.push_back({first, end});
}

void Meter::active(MachineActivity activity, uint64_t first, uint64_t end) {
  if (first < end) active_[static_cast<size_t>(activity)].push_back({first, end});
}

std::vector<CycleBreakdown> Meter::breakdown(const std::vector<uint64_t>& bounds) const {
  static constexpr std::array<double CycleBreakdown::*, kMachineActivities> fields{
      &CycleBreakdown::stream, &CycleBreakdown::drain, &CycleBreakdown::weight_load,
      &CycleBreakdown::vector, &CycleBreakdown::dma,   &CycleBreakdown::dma};
  std::vector<CycleBreakdown> parts(bounds.size() - 1);
  const auto count = [&](double CycleBreakdown::*field, uint64_t first, uint64_t end) {
    for (auto bound = std::ranges::upper_bound(bounds, first); first < end && bound != bounds.end(); ++bound) {
      const uint64_t stop = std::min(*bound, end);
      parts[static_cast<size_t>(bound - bounds.begin()) - 1].*field += static_cast<double>(stop - first);
      first = stop;
    }
  };
  std::vector<Busy> left{{bounds.front(), bounds.back()}};
  for (size_t i = 0; i < kMachineActivities; ++i)
    left = without(left, active_[i], [&](uint64_t first, uint64_t end) { count(fields[i], first, end); });
  for (const Busy& gap : left) count(&CycleBreakdown::wait, gap.first, gap.end);
  return parts;
}

std::vector<uint64_t> Meter::layer_starts() const {
  std::vector<uint64_t> starts(layers_.size(), start_);
  for (size_t i = 1; i < starts.size(); ++i) starts[i] = std::max(starts[i - 1], layers_[i - 1].end);
  return starts;
}

uint64_t Meter::array_busy(uint64_t first, uint64_t end) const {
  uint64_t cycles = 0;
  auto busy = std::ranges::upper_bound(busy_, first, {}, &Busy::end);
  for (; busy != busy_.end() && busy->first < end; ++busy)
    cycles += std::min(busy->end, end) - std::max(busy->first, first);
  return cycles;
}

std::vector<PowerWindow> Meter::power(uint64_t end, double clock_hz) {
  const uint64_t cycles = end - start_;
  if (cycles == 0) return {};
  reach(cycles);
  const uint64_t count = (cycles - 1) / window_cycles_ + 1;
  for (uint64_t index = count; index < windows_.size(); ++index) windows_[count - 1] += windows_[index];
  windows_.resize(count);
  std::vector<PowerWindow> windows;
  for (uint64_t index = 0; index < count; ++index) {
    const uint64_t first = index * window_cycles_, length = std::min(window_cycles_, cycles - first);
    windows.push_back({.start_s = static_cast<double>(first) / clock_hz,
                       .length_s = static_cast<double>(length) / clock_hz,
                       .energy = windows_[index]});
  }
  return windows;
}

}  // namespace tram
