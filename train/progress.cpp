#include "train/progress.hpp"

#include <unistd.h>

#include <cstdio>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

std::string duration(double seconds) {
  const auto s = static_cast<int64_t>(seconds + 0.5);
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
}

std::string bar(double share) {
  constexpr int width = 24;
  const int full = static_cast<int>(share * width);
  return fmt::format("[{:#>{}}{:.>{}}]", "", full, "", width - full);
}

}  // namespace

Progress::Progress(const Settings& settings, int64_t steps_done)
    : settings_(settings), first_step_(steps_done), step_(steps_done), terminal_(isatty(STDOUT_FILENO) != 0) {}

double Progress::seconds_left(int64_t steps_done) const {
  const double spent = std::chrono::duration<double>(Clock::now() - start_).count();
  const int64_t total = int64_t{settings_.epochs} * settings_.steps_per_epoch();
  const int64_t done = std::max<int64_t>(steps_done - first_step_, 1);
  return spent * static_cast<double>(total - steps_done) / static_cast<double>(done);
}

void Progress::show(const TrainState& state, float learning_rate) {
  step_ = int64_t{state.epoch} * settings_.steps_per_epoch() + state.step;
  const auto now = Clock::now();
  if (!terminal_ || now - last_shown_ < std::chrono::milliseconds(200)) return;
  last_shown_ = now;
  const double share = static_cast<double>(state.step) / settings_.steps_per_epoch();
  const double spent = std::chrono::duration<double>(now - start_).count();
  const auto images = static_cast<double>((step_ - first_step_) * settings_.batch);
  fmt::print("\r\033[Kepoch {:3}/{} {} loss {:.4f}  accuracy {:.2f} %  lr {:.4f}  {:.0f} images/s  ETA {}",
             state.epoch + 1, settings_.epochs, bar(share), state.epoch_score.loss(),
             100 * state.epoch_score.accuracy(), learning_rate, images / spent, duration(seconds_left(step_)));
  std::fflush(stdout);
}

void Progress::show(const EpochRecord& r) {
  std::string line = fmt::format("epoch {:3}/{}  loss {:.4f}  accuracy {:.2f} %", r.epoch, settings_.epochs,
                                 r.train.loss(), 100 * r.train.accuracy());
  if (r.validation.images > 0) line += fmt::format("  validation {:.2f} %", 100 * r.validation.accuracy());
  say(line + fmt::format("  lr {:.4f}  {:.0f} images/s  ETA {}", r.learning_rate, r.images_per_second,
                         duration(seconds_left(step_))));
}

void Progress::say(const std::string& message) {
  fmt::print("{}{}\n", terminal_ ? "\r\033[K" : "", message);
  std::fflush(stdout);
}

void write_log(const std::filesystem::path& path, const std::vector<EpochRecord>& history) {
  std::string text = "epoch,learning_rate,train_loss,train_accuracy_percent,"
                     "validation_loss,validation_accuracy_percent,images_per_s\n";
  for (const EpochRecord& r : history)
    text += fmt::format("{},{:.6g},{:.6f},{:.3f},{:.6f},{:.3f},{:.1f}\n", r.epoch, r.learning_rate, r.train.loss(),
                        100 * r.train.accuracy(), r.validation.loss(), 100 * r.validation.accuracy(),
                        r.images_per_second);
  write_file(path, text);
}

}  // namespace tram::train
