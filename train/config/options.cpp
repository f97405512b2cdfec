#include "train/config/options.hpp"

#include <fmt/ranges.h>

#include "models/options/option_table.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/installation.hpp"

namespace tram::train {
namespace {

namespace fs = std::filesystem;

/// "8; cifar10: 20": the default, and that of data sets that have another.
std::string defaults_text(const std::string& option) {
  const auto text_of = [&](ImageSet data) {
    std::string text;
    const Settings settings = default_settings(data);
    visit_settings(settings, [&](const char* name, const auto& value, const auto& kind, const char*, const Counting&) {
      if (option == name) text = kind.format(value);
    });
    return text.empty() ? "none" : text;
  };
  const std::string usual = text_of(Settings{}.data);
  std::string text = usual;
  for (const NamedValue<ImageSet>& data : names_of(ImageSet{}))
    if (const std::string own = text_of(data.value); option != "data" && own != usual)
      text += fmt::format("; {}: {}", data.name, own);
  return text;
}

std::vector<Option> setting_options() {
  std::vector<Option> options;
  const Settings defaults;
  visit_settings(defaults,
                 [&](const char* name, const auto& value, const auto& kind, const char* sentence, const Counting&) {
                   using Value = std::remove_cvref_t<decltype(value)>;
                   constexpr bool is_number = std::is_arithmetic_v<Value> && !std::is_same_v<Value, bool>;
                   options.push_back(option(name, is_number ? "N" : "NAME", kind, sentence));
                   options.back().default_note = defaults_text(name);
                   options.back().repeats = std::string(name) == "liberty";  // the files of one library
                 });
  return options;
}

std::vector<Option> all_options() {
  const Options defaults;
  Option data_folder = option("data-folder", "DIR", path(), "folder of real data");
  data_folder.default_note = "$TRAM_DATA, else ~/.cache/tram-data";
  return join(
      {setting_options(),
       {option("out", "DIR", path(), "for weights.safetensors, log.csv and checkpoints", defaults.out.string()),
        option("resume", "go on from the newest whole checkpoint in --out; settings not given are those it began with"),
        data_folder, threads_option(),
        option("checkpoint-interval", "S", number(1e-3, 1e9), "seconds between checkpoints within an epoch",
               fmt::format("{}", defaults.checkpoint_seconds)),
        help_option(), version_option()}});
}

Settings saved_settings(const std::filesystem::path& out) {
  const std::filesystem::path path = out / settings_file;
  if (!std::filesystem::exists(path))
    throw InputError("--resume", fmt::format("no training in {}; a folder with one is expected", out.string()));
  const nlohmann::json saved = nlohmann::json::parse(read_file(path), nullptr, false);
  if (saved.is_discarded()) throw InputError(path.string(), "no JSON; the settings of a training are expected");
  return settings_from_json(saved, path.string());
}

/// What is given over what the training in --out began with, or over the defaults.
Settings settings_from(const Arguments& given, const Options& options) {
  const ImageSet data = given.get_if<ImageSet>("data").value_or(Settings{}.data);
  Settings settings = options.resume ? saved_settings(options.out) : default_settings(data);
  visit_settings(settings, [&](const char* name, auto& value, const auto&, const char*, const Counting&) {
    using Value = std::remove_cvref_t<decltype(value)>;
    if (!given.is_given(name)) return;
    if constexpr (std::is_same_v<Value, std::string>) value = fmt::format("{}", fmt::join(given.texts(name), ","));
    else value = given.get<Value>(name);
  });
  settings.check();
  return settings;
}

/// Every option with its default.
std::string help_text() {
  return "tram_train: trains a network in fp32, shapes a multiplier for it, and trains its weights for that "
         "multiplier.\n"
         "What it writes runs on the machine: tram_sim --scenario out/shapes/scenario.yaml\n\n"
         "  tram_train --out out/shapes                                   ResNet-8 on drawn images, a few minutes\n"
         "  tram_train --data cifar10 --weights FILE --out out/resnet20   ResNet-20 on CIFAR-10, trained before\n"
         "  tram_train --data cifar10 --method fp32 --out out/fp32        its fp32 training alone\n"
         "  tram_train --resume --out out/resnet20                        goes on after an interruption\n\n" +
         describe(all_options()) +
         "\nCtrl-C, SIGTERM and SIGHUP save a checkpoint and end. Exit codes: 0 trained and exported, 1 failed or\n"
         "interrupted run, 2 bad usage or input.\n";
}

}  // namespace

Options parse_options(int argc, const char* const* argv) {
  const Arguments given("tram_train", all_options(), words_of(argc, argv));
  given.no_words();
  Options options;
  if (given.has("help")) options.information = help_text();
  if (given.has("version")) options.information = version_text("tram_train");
  if (!options.information.empty()) return options;
  options.resume = given.has("resume");
  options.out = given.get<fs::path>("out");
  options.data_folder = given.get_if<fs::path>("data-folder").value_or(tram::data_folder());
  options.threads = given.get<int>("threads");
  options.checkpoint_seconds = given.get<double>("checkpoint-interval");
  options.settings = settings_from(given, options);
  options.warnings = idle_options(options.settings, given.given());
  return options;
}

}  // namespace tram::train
