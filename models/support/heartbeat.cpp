#include "models/support/heartbeat.hpp"

#include <chrono>
#include <utility>

namespace tram {
namespace {

using Clock = std::chrono::steady_clock;

std::function<void()> told;
Clock::time_point last;

}  // namespace

void heartbeat() {
  if (!told) return;
  const Clock::time_point now = Clock::now();
  if (now - last < std::chrono::seconds(1)) return;
  last = now;
  told();
}

void listen_to_heartbeats(std::function<void()> listener) { told = std::move(listener); }

}  // namespace tram
