#include "sim/components/bank_occupancy.hpp"

#include <algorithm>

namespace tram {

/// The first run of taken cycles that ends after this cycle; most accesses are late ones.
std::vector<BankOccupancy::Taken>::iterator BankOccupancy::behind(uint64_t cycle) {
  auto run = taken_.end();
  while (run != taken_.begin() && std::prev(run)->second > cycle) --run;
  return run;
}

void BankOccupancy::reserve(uint64_t first, uint64_t count) {
  uint64_t end = first + count;
  auto run = taken_.end();
  while (run != taken_.begin() && std::prev(run)->second >= first) --run;
  auto last = run;
  for (; last != taken_.end() && last->first <= end; ++last) {
    first = std::min(first, last->first);
    end = std::max(end, last->second);
  }
  if (run == last) {
    taken_.insert(run, {first, end});
  } else {
    *run = {first, end};
    taken_.erase(run + 1, last);
  }
}

uint64_t BankOccupancy::take(uint64_t first, uint64_t count) {
  uint64_t end = first;
  for (auto run = behind(first); run != taken_.end(); ++run) {
    const uint64_t free = run->first > end ? run->first - end : 0;
    if (free >= count) break;
    count -= free;
    end = run->second;
  }
  end += count;
  reserve(first, end - first);
  return end;
}

void BankOccupancy::forget(uint64_t cycle) {
  if (taken_.size() < 64) return;
  taken_.erase(taken_.begin(), std::ranges::find_if(taken_, [&](const Taken& run) { return run.second > cycle; }));
}

}  // namespace tram
