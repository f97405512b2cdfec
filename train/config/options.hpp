#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "train/config/settings.hpp"

namespace tram::train {

/// The command line of tram_train.
struct Options {
  Settings settings;
  std::filesystem::path out = "out/train";
  std::filesystem::path data_folder;  ///< of real data
  bool resume = false;
  int threads = 0;  ///< 0: one for each processor
  double checkpoint_seconds = 300;
  std::string information = {};       ///< of --help or --version, to be printed in place of a training
  std::vector<std::string> warnings;  ///< a line for each option given that changes nothing
};

/// The file in an output folder that holds its settings.
inline constexpr char settings_file[] = "settings.json";

/// Throws InputError naming the option for an unknown one (with the nearest) and for a bad value. With --resume the
/// settings not given are those of the training in the folder.
Options parse_options(int argc, const char* const* argv);

}  // namespace tram::train
