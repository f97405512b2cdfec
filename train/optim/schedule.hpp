#pragma once
#include <cstdint>

#include "train/config/setting_choices.hpp"

namespace tram::train {

/// Learning rate by step: linear warm-up to `peak` over the first warmup_steps, then by kind
///   cosine: half a cosine down to 0 at total_steps (Loshchilov, Hutter, ICLR 2017, eq. 5, without restarts);
///   step: a tenth from one half of total_steps on, a hundredth from three quarters on (He et al., CVPR 2016, 4.2);
///   constant: peak.
struct Schedule {
  ScheduleKind kind = ScheduleKind::cosine;
  float peak = 0.1F;
  int64_t warmup_steps = 0;
  int64_t total_steps = 1;

  /// step in [0, total_steps)
  float rate(int64_t step) const;
};

}  // namespace tram::train
