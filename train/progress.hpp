#pragma once
#include <chrono>
#include <filesystem>
#include <string>

#include "train/trainer.hpp"

namespace tram::train {

/// What a user sees of a training: a bar on a terminal, a line an epoch everywhere.
class Progress {
 public:
  /// steps_done: of earlier runs, which do not count for the speed.
  Progress(const Settings& settings, int64_t steps_done);

  /// After each step.
  void show(const TrainState& state, float learning_rate);
  /// After each epoch.
  void show(const EpochRecord& record);
  /// On a line of its own.
  void say(const std::string& message);

 private:
  using Clock = std::chrono::steady_clock;
  double seconds_left(int64_t steps_done) const;

  Settings settings_;
  int64_t first_step_, step_;
  bool terminal_;
  Clock::time_point start_ = Clock::now(), last_shown_ = start_;
};

/// log.csv: a row for each finished epoch, written anew and whole.
void write_log(const std::filesystem::path& path, const std::vector<EpochRecord>& history);

}  // namespace tram::train
