#include <atomic>
#include <cstdio>

#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/new_folder.hpp"
#include "models/support/signals.hpp"
#include "train/config/options.hpp"
#include "train/parallel/ranks.hpp"
#include "train/stages/pipeline.hpp"

namespace tram::train {
namespace {

std::atomic<bool> stop_requested = false;

/// Removes what a killed run was writing: files with the ending of an AtomicFile under way, where stages write theirs.
void remove_leftovers(const std::filesystem::path& out) {
  for (const char* stage : {"", "fp32", "explore", "structures", "recover"}) {
    std::error_code absent;
    std::vector<std::filesystem::path> leftovers;
    for (const auto& entry : std::filesystem::directory_iterator(out / stage, absent))
      if (entry.path().filename().string().find(".part") != std::string::npos) leftovers.push_back(entry.path());
    for (const auto& path : leftovers) std::filesystem::remove(path);
  }
}

void prepare_folder(const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  if (error)
    throw InputError("--out", fmt::format("{} cannot be made: {}; a writable place is expected", options.out.string(),
                                          error.message()));
  if (!options.resume && std::filesystem::exists(options.out / settings_file))
    throw InputError("--out", fmt::format("{} already holds a training; --resume to go on, or a new folder is expected",
                                          options.out.string()));
  if (options.resume) remove_leftovers(options.out);  // elsewhere nothing is known to be ours
}

int run(Ranks& ranks, int argc, char** argv) {
  if (!ranks.is_first() && std::freopen("/dev/null", "w", stdout) == nullptr)
    throw RunError("/dev/null cannot be opened");  // one rank speaks
  const Options options = parse_options(argc, argv);
  if (!options.information.empty()) {
    fmt::print("{}", options.information);
    return 0;
  }
  const NewFolder out(options.out);
  if (ranks.is_first()) prepare_folder(options);
  ranks.wait();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // whoever follows a log sees each line at once
  const EndingSignals signals([](int) { stop_requested = true; }, EndingSignals::Calls::always);
  Pipeline pipeline(options, stop_requested, ranks);
  pipeline.check_inputs();
  if (ranks.is_first()) {
    for (const std::string& warning : options.warnings) fmt::print(stderr, "tram_train: warning: {}\n", warning);
    write_file(options.out / settings_file, to_json(options.settings).dump(2) + "\n");
  }
  fmt::print("{}\n", options.settings.command());
  return pipeline.run() ? 0 : 1;
}

}  // namespace
}  // namespace tram::train

int main(int argc, char** argv) {
  return tram::train::run_on_ranks("tram_train",
                                   [&](tram::train::Ranks& ranks) { return tram::train::run(ranks, argc, argv); });
}
