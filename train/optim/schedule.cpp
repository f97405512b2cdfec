#include "train/optim/schedule.hpp"

#include <cmath>
#include <numbers>

namespace tram::train {

float Schedule::rate(int64_t step) const {
  if (step < warmup_steps) return peak * static_cast<float>(step + 1) / static_cast<float>(warmup_steps + 1);
  if (kind == ScheduleKind::constant) return peak;
  if (kind == ScheduleKind::step)
    return 4 * step >= 3 * total_steps ? peak / 100 : 2 * step >= total_steps ? peak / 10 : peak;
  const double progress = static_cast<double>(step - warmup_steps) / static_cast<double>(total_steps - warmup_steps);
  return static_cast<float>(peak * 0.5 * (1 + std::cos(std::numbers::pi * progress)));
}

}  // namespace tram::train
