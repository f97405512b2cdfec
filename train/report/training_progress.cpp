#include "train/report/training_progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "train/report/curves.hpp"

namespace tram::train {
namespace {

constexpr double redraw_interval_s = 0.2;

int terminal_columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// In percent; nothing for exact multipliers, as in fp32 training.
std::optional<double> power_shown(std::optional<double> power) {
  if (!power || *power == 1) return std::nullopt;
  return 100 * *power;
}

}  // namespace

Progress::Progress(const Settings& settings, int64_t steps_done, bool quiet)
    : settings_(settings), first_step_(steps_done), step_(steps_done),
      line_(std::cout, StatusLine::style_of(STDOUT_FILENO, quiet), redraw_interval_s) {}

double Progress::seconds_left(int64_t steps_done) const {
  const int64_t total = int64_t{settings_.epochs} * settings_.steps_per_epoch();
  const int64_t done = std::max<int64_t>(steps_done - first_step_, 1);
  return line_.seconds() * static_cast<double>(total - steps_done) / static_cast<double>(done);
}

void Progress::show(const TrainState& state, float learning_rate, std::optional<double> power) {
  step_ = int64_t{state.epoch} * settings_.steps_per_epoch() + state.step;
  if (!is_terminal() || !line_.is_due()) return;
  const double images = static_cast<double>((step_ - first_step_) * settings_.batch);
  const ProgressFields fields{.epoch = state.epoch + 1,
                              .epochs = settings_.epochs,
                              .share = static_cast<double>(state.step) / settings_.steps_per_epoch(),
                              .loss = state.epoch_score.loss(),
                              .accuracy = 100 * state.epoch_score.accuracy(),
                              .validation = {},
                              .power = power_shown(power),
                              .learning_rate = learning_rate,
                              .images_per_second = images / line_.seconds(),
                              .seconds_left = seconds_left(step_)};
  line_.show(progress_line(fields, terminal_columns() - 1));  // the last column would wrap
}

void Progress::show(const EpochRecord& r) {
  ProgressFields fields{.epoch = r.epoch,
                        .epochs = settings_.epochs,
                        .share = {},
                        .loss = r.train.loss(),
                        .accuracy = 100 * r.train.accuracy(),
                        .validation = {},
                        .power = power_shown(r.power),
                        .learning_rate = r.learning_rate,
                        .images_per_second = r.images_per_second,
                        .seconds_left = seconds_left(step_)};
  if (r.validation.images > 0) fields.validation = 100 * r.validation.accuracy();
  say(progress_line(fields, is_terminal() ? terminal_columns() : 0));
}

void write_log(const std::filesystem::path& path, const std::vector<EpochRecord>& history) {
  std::string text =
      "epoch,learning_rate,train_loss,train_accuracy_percent,"
      "validation_loss,validation_accuracy_percent,power_percent,images_per_s\n";
  for (const EpochRecord& r : history)
    text += fmt::format("{},{:.6g},{:.6f},{:.3f},{:.6f},{:.3f},{:.3f},{:.1f}\n", r.epoch, r.learning_rate,
                        r.train.loss(), 100 * r.train.accuracy(), r.validation.loss(), 100 * r.validation.accuracy(),
                        100 * r.power, r.images_per_second);
  write_file(path, text);
}

void write_curves_of(const std::filesystem::path& folder, const std::vector<EpochRecord>& history) {
  std::vector<CurvePoint> points;
  for (const EpochRecord& r : history) {
    const bool validated = r.validation.images > 0;
    points.push_back({.epoch = static_cast<double>(r.epoch),
                      .learning_rate = r.learning_rate,
                      .train_loss = r.train.loss(),
                      .validation_loss = validated ? r.validation.loss() : CurvePoint::none,
                      .train_accuracy = 100 * r.train.accuracy(),
                      .validation_accuracy = validated ? 100 * r.validation.accuracy() : CurvePoint::none,
                      .power = power_shown(r.power).value_or(CurvePoint::none)});
  }
  write_curves(folder, points);
}

}  // namespace tram::train
