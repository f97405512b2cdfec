#pragma once
#include <fmt/format.h>

#include <algorithm>

#include "models/support/process.hpp"
#include "tests/train/small_training.hpp"

namespace tram::train {

/// tram_train as a user runs it.
class ProgramRuns : public TrainingFolder {
 protected:
  using Arguments = std::vector<std::string>;

  /// Runs it to its end, or sends a signal to it after `seconds`.
  static ProcessResult run(const Arguments& arguments, const std::string& signal = "", double seconds = 0) {
    Arguments command;
    if (!signal.empty()) command = {"timeout", "--preserve-status", "-s", signal, fmt::format("{}", seconds)};
    command.insert(command.end(), {TRAM_TRAIN});
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_process(command);
  }
  /// A training of a second or two, in a folder of this name; of the fp32 network alone unless `more` has a --method.
  Arguments small(const std::string& name, const Arguments& more = {}, const std::string& epochs = "6") const {
    Arguments all = {"--out",
                     (folder_ / name).string(),
                     "--train-images",
                     "256",
                     "--validation-images",
                     "32",
                     "--test-images",
                     "64",
                     "--batch",
                     "32",
                     "--shard",
                     "16",
                     "--epochs",
                     epochs};
    if (std::ranges::find(more, "--method") == more.end()) all.insert(all.end(), {"--method", "fp32"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

}  // namespace tram::train
