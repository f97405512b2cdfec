#include "train/config/options.hpp"

#include <boost/program_options.hpp>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "models/data/dataset.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/installation.hpp"
#include "models/support/nearest.hpp"
#include "models/support/repeated_option.hpp"
#include "train/config/idle_options.hpp"

namespace tram::train {
namespace {

namespace po = boost::program_options;

using DefaultsByData = std::map<std::string, nlohmann::json>;

/// "text (default 8; cifar10: 20)"
std::string with_default(const std::string& option, const std::string& text, const DefaultsByData& by_data) {
  const nlohmann::json& shapes = by_data.at("shapes");
  const auto shown = [&](const nlohmann::json& settings) {
    const nlohmann::json& value = settings.at(option);
    if (value.is_number_float()) return fmt::format("{}", value.get<float>());
    if (value.is_string()) return value == "" ? "none" : value.get<std::string>();
    return value.dump();
  };
  std::string defaults = shown(shapes);
  for (const auto& [data, settings] : by_data) {
    if (option != "data" && settings.at(option) != shapes.at(option))
      defaults += fmt::format("; {}: {}", data, shown(settings));
  }
  return fmt::format("{} (default {})", text, defaults);
}

po::options_description description() {
  po::options_description all("Options", 110, 70);
  Options defaults;
  DefaultsByData by_data;
  for (const char* data : {"shapes", "cifar10", "imagenet"}) by_data[data] = to_json(default_settings(data));
  visit_settings(defaults.settings, [&](const char* option, auto& value, const char* text) {
    using Value = std::remove_reference_t<decltype(value)>;
    all.add_options()(option, po::value<Value>()->value_name(std::is_same_v<Value, std::string> ? "NAME" : "N"),
                      with_default(option, text, by_data).c_str());
  });
  all.add_options()(
      "out", po::value<std::string>()->value_name("DIR"),
      fmt::format("for weights.safetensors, log.csv and checkpoints (default {})", defaults.out.string()).c_str())(
      "resume", "go on from the newest whole checkpoint in --out; settings not given are those it began with")(
      "data-folder", po::value<std::string>()->value_name("DIR"),
      "folder of real data (default $TRAM_DATA, else ~/.cache/tram-data)")(
      "threads", po::value<int>()->value_name("N"), "threads; no influence on the result (default 0: all processors)")(
      "checkpoint-interval", po::value<double>()->value_name("S"),
      fmt::format("seconds between checkpoints within an epoch (default {})", defaults.checkpoint_seconds).c_str())(
      "help", "this text")("version", "the version");
  return all;
}

[[noreturn]] void rethrow_as_input_error(const po::error& error, const po::options_description& all) {
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    std::vector<std::string> names;
    for (const auto& option : all.options()) names.push_back("--" + option->long_name());
    const std::string name = unknown->get_option_name();
    throw InputError(name, "no such option; one of --help is expected" + did_you_mean(name, names));
  }
  throw InputError("command line", std::string(error.what()) + "; --help shows what is expected");
}

po::variables_map parsed(int argc, const char* const* argv, const po::options_description& all) {
  try {
    po::variables_map values;
    const po::positional_options_description none;
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::parsed_options given = po::command_line_parser(argc, argv).options(all).positional(none).style(style).run();
    join_repeated(given, "liberty");  // the files of one library
    po::store(given, values);
    return values;
  } catch (const po::error& error) {
    rethrow_as_input_error(error, all);
  }
}

template <typename Value>
void take(const po::variables_map& values, const char* option, Value& value) {
  if (values.count(option) != 0) value = values[option].as<Value>();
}

Settings saved_settings(const std::filesystem::path& out) {
  const std::filesystem::path path = out / settings_file;
  if (!std::filesystem::exists(path))
    throw InputError("--resume", fmt::format("no training in {}; a folder with one is expected", out.string()));
  const nlohmann::json saved = nlohmann::json::parse(read_file(path), nullptr, false);
  if (saved.is_discarded()) throw InputError(path.string(), "no JSON; the settings of a training are expected");
  return settings_from_json(saved, path.string());
}

Settings settings_from(const po::variables_map& values, const Options& options) {
  std::string data = Settings{}.data;
  take(values, "data", data);
  Settings settings = options.resume ? saved_settings(options.out) : default_settings(data);
  visit_settings(settings, [&](const char* option, auto& value, const char*) { take(values, option, value); });
  settings.check();
  return settings;
}

/// Every option with its default.
std::string help_text() {
  std::ostringstream text;
  text << "tram_train: trains a network in fp32, shapes a multiplier for it, and trains its weights for that "
          "multiplier.\n"
          "What it writes runs on the machine: tram_sim --scenario out/shapes/scenario.yaml\n\n"
          "  tram_train --out out/shapes                                   ResNet-8 on drawn images, a few minutes\n"
          "  tram_train --data cifar10 --weights FILE --out out/resnet20   ResNet-20 on CIFAR-10, trained before\n"
          "  tram_train --data cifar10 --method fp32 --out out/fp32        its fp32 training alone\n"
          "  tram_train --resume --out out/resnet20                        goes on after an interruption\n\n"
       << description()
       << "\nCtrl-C, SIGTERM and SIGHUP save a checkpoint and end. Exit codes: 0 trained and exported, 1 failed or\n"
          "interrupted run, 2 bad usage or input.\n";
  return text.str();
}

}  // namespace

Options parse_options(int argc, const char* const* argv) {
  const po::options_description all = description();
  const po::variables_map values = parsed(argc, argv, all);
  Options options;
  if (values.count("help") != 0) options.information = help_text();
  if (values.count("version") != 0) options.information = version_text("tram_train");
  if (!options.information.empty()) return options;
  options.resume = values.count("resume") != 0;
  std::string out = options.out.string(), data_folder = tram::data_folder().string();
  take(values, "out", out);
  take(values, "data-folder", data_folder);
  options.out = out;
  options.data_folder = data_folder;
  take(values, "threads", options.threads);
  if (options.threads < 0 || options.threads > 4096)
    throw InputError("--threads", fmt::format("{}; 0 to 4096 is expected", options.threads));
  if (options.threads == 0) options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  take(values, "checkpoint-interval", options.checkpoint_seconds);
  if (!(options.checkpoint_seconds > 0))
    throw InputError("--checkpoint-interval",
                     fmt::format("{}; a positive number of seconds is expected", options.checkpoint_seconds));
  options.settings = settings_from(values, options);
  std::set<std::string> given;
  for (const auto& [option, value] : values) given.insert(option);
  options.warnings = idle_options(options.settings, given);
  return options;
}

}  // namespace tram::train
