#include "train/session/session.hpp"

#include <chrono>

#include "models/support/error.hpp"
#include "models/support/memory.hpp"

namespace tram::train {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

Session::Session(const Settings& settings, Trainer& trainer, const ImageStore& validation, Places places)
    : settings_(settings), trainer_(trainer), validation_(validation), places_(std::move(places)),
      checkpoints_(places_.folder, trainer.layout()) {}

bool Session::run(TrainState& state) {
  Progress progress(settings_, int64_t{state.epoch} * settings_.steps_per_epoch() + state.step, !is_first());
  save(state);
  while (state.epoch < settings_.epochs) {
    const bool whole = run_epoch(state, progress);
    save(state);
    if (is_first()) {
      write_log(places_.folder / "log.csv", state.history);
      write_curves_of(places_.folder, state.history);
    }
    if (!whole) {
      progress.say(
          fmt::format("interrupted in epoch {}; --resume --out {} goes on", state.epoch + 1, places_.folder.string()));
      return false;
    }
  }
  return true;
}

/// A signal may reach one rank a step before another; all end after the same one.
bool Session::stopped() const {
  const bool here = places_.stop != nullptr && *places_.stop;
  return places_.ranks != nullptr ? places_.ranks->any(here) : here;
}

void Session::save(const TrainState& state) const {
  if (is_first()) checkpoints_.save(settings_, state);
}

bool Session::run_epoch(TrainState& state, Progress& progress) {
  const Clock::time_point start = Clock::now();
  Clock::time_point saved = start;
  const int first_step = state.step;
  while (state.step < settings_.steps_per_epoch()) {
    if (stopped()) return false;
    try {
      within_memory(fmt::format("training on batches of {} images", settings_.batch),
                    "a smaller --batch or fewer --threads need less", [&] { trainer_.step(state); });
    } catch (const RunError& error) {
      const auto good = Checkpoints::list(places_.folder);
      throw RunError(fmt::format("{}; the last good checkpoint is {}", error.what(), good.at(0).string()));
    }
    progress.show(state, trainer_.learning_rate(state.epoch, state.step - 1), trainer_.power(state));
    if (seconds_since(saved) > places_.checkpoint_seconds) {
      save(state);
      saved = Clock::now();
    }
  }
  const double images = static_cast<double>(state.step - first_step) * settings_.batch;
  finish_epoch(state, images / std::max(seconds_since(start), 1e-9), progress);
  return true;
}

void Session::finish_epoch(TrainState& state, double images_per_second, Progress& progress) {
  const float rate = trainer_.learning_rate(state.epoch, state.step - 1);
  state.history.push_back({.epoch = state.epoch + 1,
                           .learning_rate = rate,
                           .train = state.epoch_score,
                           .validation = trainer_.evaluate(state, validation_),
                           .power = trainer_.power(state),
                           .images_per_second = images_per_second});
  ++state.epoch;
  state.step = 0;
  state.epoch_score = {};
  progress.show(state.history.back());
}

}  // namespace tram::train
