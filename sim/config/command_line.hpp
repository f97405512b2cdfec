#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/config/raw_scenario.hpp"
#include "sim/config/scenario.hpp"

namespace tram {

/// Cycles [from, to) of the first image.
struct CycleWindow {
  uint64_t from = 0, to = 0;
};

/// What the user asked tram_sim for.
struct CommandLine {
  enum class Action { run, benchmark, help, version, list_scenarios, list_keys };
  Action action = Action::run;
  std::string scenario;             ///< NAME or FILE as given
  std::vector<RawValue> overrides;  ///< --set first, then the options that stand for a key
  std::filesystem::path out;        ///< tram_out/<scenario> unless --out is given
  int threads = 1;                  ///< the number of processors unless --threads is given
  uint64_t seed = 1;
  std::optional<CycleWindow> vcd;
  int64_t vcd_limit = int64_t{1} << 30;  ///< B, most that waves.vcd may take
  bool exact_beside = true;              ///< run the exact multiplier's machine too
  bool quiet = false;
};

/// Reads the arguments of tram_sim (argv[0] is skipped). InputError names the option at fault: one that does not exist
/// (and the nearest that does), one without its value, a value of the wrong form, a stray word, no --scenario.
CommandLine parse_command_line(int argc, const char* const* argv);

/// The scenario that the command line stands for: defaults < file < --set < the options that stand for a key.
/// InputError as in resolve_scenario() and load_scenario_file().
Scenario resolve(const CommandLine& command_line);

/// Text of --help, --version, --list and --keys, ready for stdout; empty for Action::run.
std::string information_text(const CommandLine& command_line);

/// Makes folder with its parents and tries to write there, so that a run never ends in front of a closed door.
/// InputError (where: --out) names the folder and the system's reason.
void prepare_output_folder(const std::filesystem::path& folder);

}  // namespace tram
