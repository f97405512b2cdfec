#include "sim/components/scoreboard.hpp"

#include <algorithm>

#include "models/support/heartbeat.hpp"

namespace tram {

Scoreboard::Scoreboard(sc_core::sc_module_name name, const Clock& clock, Meter& meter)
    : sc_module(name), access("access"), clock_(clock), meter_(meter) {
  access.bind(*this);
  SC_HAS_PROCESS(Scoreboard);
  SC_METHOD(count_due);
  sensitive << due_event_;
  dont_initialize();
}

void Scoreboard::reset() {
  progress_ = {};
  for (auto& cycles : completed_at_) cycles.clear();
}

void Scoreboard::complete(Unit unit, int layer, uint64_t cycle) {
  due_.emplace(cycle, std::pair{unit, layer});
  due_event_.notify(clock_.until(due_.begin()->first));
}

void Scoreboard::count_due() {
  heartbeat();
  const uint64_t now = clock_.now();
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto [unit, layer] = due_.begin()->second;
    due_.erase(due_.begin());
    ++progress_[unit];
    completed_at_[static_cast<size_t>(unit)].push_back(now);
    meter_.layer(layer).end = now;
  }
  if (!due_.empty()) due_event_.notify(clock_.until(due_.begin()->first));
  changed_.notify(sc_core::SC_ZERO_TIME);
}

void Scoreboard::wait_for(const Progress& target) {
  while (!progress_.reached(target)) sc_core::wait(changed_);
}

uint64_t Scoreboard::reached_at(const Progress& target) const {
  uint64_t cycle = 0;
  for (size_t u = 0; u < kUnits; ++u)
    if (const uint32_t count = target.completed[u]) cycle = std::max(cycle, completed_at_[u][count - 1]);
  return cycle;
}

void Scoreboard::fail(std::exception_ptr error) {
  if (!failure_) failure_ = std::move(error);
}

}  // namespace tram
