#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "train/config/settings.hpp"
#include "train/state/train_state.hpp"

namespace tram::train {

/// A folder's checkpoints: safetensors files checkpoint_<epoch>_<step>.safetensors that hold the whole TrainState
/// (weights, their average, running statistics, the optimiser's slots, position, finished epochs) and the settings, with
/// a hash over all of it. Each is written beside its name and renamed when complete; the newest two are kept.
class Checkpoints {
 public:
  /// Tells the user about a checkpoint passed over.
  using Warning = std::function<void(const std::string& message)>;

  /// The layout says which arrays a checkpoint holds.
  Checkpoints(std::filesystem::path folder, StateLayout layout);

  /// Paths, newest first. Empty when the folder has none or does not exist.
  static std::vector<std::filesystem::path> list(const std::filesystem::path& folder);
  /// RunError when the disk is full; the checkpoints before are then untouched.
  void save(const Settings& settings, const TrainState& state) const;

  /// The newest checkpoint that is whole. A damaged one is passed over with a warning that names it and the damage.
  /// InputError when none is left, or when it was made with other settings (names the first option that differs).
  TrainState load(const Settings& settings, const Warning& warn) const;

 private:
  std::filesystem::path folder_;
  StateLayout layout_;
};

}  // namespace tram::train
