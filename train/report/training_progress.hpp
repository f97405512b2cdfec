#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "models/support/status_line.hpp"
#include "train/config/settings.hpp"
#include "train/report/progress_line.hpp"
#include "train/state/train_state.hpp"

namespace tram::train {

/// What a user sees of a training: a line that redraws itself on a terminal, within its width, and a line an epoch
/// everywhere.
class Progress {
 public:
  /// steps_done: of earlier runs, which do not count for the speed. quiet: shows nothing (ranks other than 0).
  Progress(const Settings& settings, int64_t steps_done, bool quiet = false);

  /// After each step. power: of the multipliers, relative to exact ones.
  void show(const TrainState& state, float learning_rate, std::optional<double> power = {});
  /// After each epoch.
  void show(const EpochRecord& record);
  /// On a line of its own.
  void say(const std::string& message) { line_.say(message); }

 private:
  bool is_terminal() const { return line_.style() == StatusLine::Style::redrawn; }
  double seconds_left(int64_t steps_done) const;

  Settings settings_;
  int64_t first_step_, step_;
  StatusLine line_;
};

/// log.csv: a row for each finished epoch, written anew and whole.
void write_log(const std::filesystem::path& path, const std::vector<EpochRecord>& history);

/// curves.svg and curves.png of the finished epochs, see write_curves.
void write_curves_of(const std::filesystem::path& folder, const std::vector<EpochRecord>& history);

}  // namespace tram::train
