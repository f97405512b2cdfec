#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace tram {

/// Waves of the first image.
struct WaveOptions {
  uint64_t from = 0, to = 0;  ///< cycles [from, to)
  std::filesystem::path file;
  double most_bytes = 0;  ///< InputError, before the image, where the file could take more
};

/// What a run needs besides its scenario. Callbacks are called in the process and thread that asked for the run; unless
/// given they do nothing.
struct RunOptions {
  int threads = 1;  ///< most threads, and most worker processes for images
  uint64_t seed = 1;
  bool exact_beside = true;       ///< run the machine with exact multipliers too, where that says something
  double worker_timeout_s = 600;  ///< s that a worker process may be silent
  std::optional<WaveOptions> waves;
  std::filesystem::path difference_waves = {};  ///< written where RTL and table differ, which ends the run; empty: not
  std::function<void(const std::string& line)> message = [](const std::string&) {
  };  ///< what the user should know, as it becomes known
  /// A machine has done so many of its images; done = 0: it begins.
  std::function<void(const std::string& multiplier, int done, int images)> progress = [](const std::string&, int, int) {
  };
  std::function<bool()> stop = [] {
    return false;
  };  ///< asked some 10 times a second while images run; true: no further image is begun
};

}  // namespace tram
