#pragma once
#include <atomic>
#include <filesystem>

#include "train/checkpoint/checkpoint.hpp"
#include "train/report/training_progress.hpp"
#include "train/session/trainer.hpp"

namespace tram::train {

/// A training from its state to its end, with checkpoints, log and progress.
class Session {
 public:
  struct Places {
    std::filesystem::path folder;             ///< for log.csv and checkpoints
    double checkpoint_seconds = 300;          ///< between checkpoints within an epoch
    const std::atomic<bool>* stop = nullptr;  ///< ends the run after the step under way when true
    Ranks* ranks = nullptr;                   ///< of which the first writes and shows; null: this process alone
  };

  Session(const Settings& settings, Trainer& trainer, const ImageStore& validation, Places places);

  /// Trains up to the last epoch; false when stopped before. Whatever happens, the newest checkpoint is whole.
  /// RunError when a value is not finite: names the layer and the last good checkpoint.
  bool run(TrainState& state);

 private:
  bool run_epoch(TrainState& state, Progress& progress);
  void finish_epoch(TrainState& state, double images_per_second, Progress& progress);
  bool stopped() const;
  bool is_first() const { return places_.ranks == nullptr || places_.ranks->is_first(); }
  void save(const TrainState& state) const;

  Settings settings_;
  Trainer& trainer_;
  const ImageStore& validation_;
  Places places_;
  Checkpoints checkpoints_;
};

}  // namespace tram::train
