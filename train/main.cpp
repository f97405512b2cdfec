#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>

#include "models/support/error.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/data/load.hpp"
#include "train/export.hpp"
#include "train/options.hpp"
#include "train/session.hpp"

namespace tram::train {
namespace {

std::atomic<bool> stop_requested = false;

void stop_on_signals() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stop_requested = true; });
}

/// Removes what a killed run was writing: files of ours with the ending of an AtomicFile under way.
void remove_leftovers(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.starts_with("checkpoint_") || name.starts_with("weights.") || name.starts_with("log.");
    if (ours && name.find(".part") != std::string::npos) std::filesystem::remove(entry.path());
  }
}

void prepare_folder(const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  if (error)
    throw InputError("--out", fmt::format("{} cannot be made: {}; a writable place is expected", options.out.string(),
                                          error.message()));
  if (!options.resume && !Checkpoints::list(options.out).empty())
    throw InputError("--out", fmt::format("{} already holds a training; --resume to go on, or a new folder is expected",
                                          options.out.string()));
  remove_leftovers(options.out);
}

TrainState first_state(const Options& options, const Trainer& trainer) {
  if (!options.resume) return trainer.initial_state();
  const Checkpoints checkpoints(options.out, trainer.layout());
  return checkpoints.load(options.settings, [](const std::string& m) { fmt::print(stderr, "warning: {}\n", m); });
}

void score_and_export(const Options& options, Trainer& trainer, const TrainState& state, const ImageStore& test) {
  const Score score = trainer.evaluate(state, test);
  const auto path = options.out / "weights.safetensors";
  export_weights(path, options.settings, trainer.parameters(), state, score);
  fmt::print("test accuracy {:.2f} % of {} images\nweights written to {}\n", 100 * score.accuracy(), score.images,
             path.string());
}

int run(int argc, char** argv) {
  const Options options = parse_options(argc, argv);
  if (options.help) {
    fmt::print("{}", help_text());
    return 0;
  }
  prepare_folder(options);
  fmt::print("{}\n", options.settings.command());
  TrainingImages images = load_images(options.settings, options.data_folder);
  Trainer trainer(options.settings, std::move(images.train), options.threads);
  TrainState state = first_state(options, trainer);
  stop_on_signals();
  Session session(options.settings, trainer, images.validation,
                  {options.out, options.checkpoint_seconds, &stop_requested});
  if (!session.run(state)) return 1;
  score_and_export(options, trainer, state, images.test);
  return 0;
}

}  // namespace
}  // namespace tram::train

int main(int argc, char** argv) {
  try {
    return tram::train::run(argc, argv);
  } catch (const tram::InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
