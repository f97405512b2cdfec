#include "sim/config/command_line.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>
#include <thread>

#include "models/support/error.hpp"
#include "models/support/installation.hpp"
#include "models/support/nearest.hpp"
#include "models/support/repeated_option.hpp"
#include "sim/config/key_kinds.hpp"
#include "sim/config/resolve_scenario.hpp"
#include "sim/config/scenario_files.hpp"

namespace tram {
namespace {

namespace po = boost::program_options;

/// Options that are short for a scenario key.
struct KeyOption {
  const char* name;
  const char* value_name;
  const char* key;
};
constexpr std::array<KeyOption, 6> key_options{{{"images", "N", "data.images"},
                                                {"first-image", "INDEX", "data.first"},
                                                {"engine", "NAME", "engine"},
                                                {"cosim", "PERCENT", "cosim"},
                                                {"multiplier", "NAME|FILE", "multiplier"},
                                                {"liberty", "NAME|FILE", "technology.liberty"}}};

int default_threads() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

po::typed_value<std::string>* text(const char* value_name) { return po::value<std::string>()->value_name(value_name); }

po::options_description describe_options() {
  po::options_description options("Options", 118, 78);
  auto add = options.add_options();
  add("scenario", text("NAME|FILE"), "what to simulate: a name that --list shows, or a .yaml file");
  for (const KeyOption& option : key_options) {
    const ScenarioKey& key = *find_scenario_key(option.key);
    std::string about =
        fmt::format("{}: {} (scenario key {}, default {})", key.sentence, key.allowed, key.name, key.default_text);
    about.front() = static_cast<char>(std::tolower(about.front()));
    add(option.name, text(option.value_name), about.c_str());
  }
  add("set", po::value<std::vector<std::string>>()->value_name("KEY=VALUE")->composing(),
      "give any scenario key that --keys lists another value; may be repeated, the last one of a key counts");
  add("out", text("DIR"), "folder for the results, made if need be (default tram_out/<scenario>)");
  const std::string threads =
      fmt::format("threads to use: 1 to 1024 (default {}, the cores of this machine)", default_threads());
  add("threads", text("N"), threads.c_str());
  add("seed", text("N"), "seed of everything drawn at random: 0 to 2^63 - 1 (default 1)");
  add("vcd", text("FROM:TO"), "record array and bus in waves.vcd, cycles FROM to TO - 1 of the first image");
  add("vcd-limit", text("SIZE"),
      "largest size of waves.vcd: 1 MiB to 1 TiB (default 1 GiB); at most three times as much "
      "memory is needed");
  add("no-exact", "do not run the machine with the exact multiplier beside");
  add("benchmark", "measure this machine, one core: print a table and write benchmark.json into --out, and end");
  add("list", "list the scenarios and end");
  add("keys", "list the scenario keys with type, unit, default and meaning, and end");
  add("quiet", "no progress, no report on the terminal; files are written as ever");
  add("help", "this text");
  add("version", "the version");
  return options;
}

std::vector<std::string> option_names(const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

po::variables_map read_options(int argc, const char* const* argv) {
  const po::options_description options = describe_options();
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  try {
    po::parsed_options parsed = po::command_line_parser(argc, argv).options(options).style(style).run();
    join_repeated(parsed, "liberty");  // the files of one library
    for (const auto& option : parsed.options)
      if (option.position_key >= 0)
        throw InputError("tram_sim", fmt::format("stray word '{}'; expected options only", option.value.at(0)));
    po::variables_map given;
    po::store(parsed, given);
    return given;
  } catch (const po::unknown_option& error) {
    const std::string name = error.get_option_name();
    throw InputError(name,
                     "unknown option; expected one that --help lists" + did_you_mean(name, option_names(options)));
  } catch (const po::multiple_occurrences& error) {
    throw InputError(error.get_option_name(), "given more than once; expected once");
  } catch (const po::error_with_option_name& error) {
    throw InputError(error.get_option_name(), "value missing or not wanted; see --help");
  } catch (const po::error& error) {
    throw InputError("tram_sim", fmt::format("{}; see --help", error.what()));
  }
}

RawValue option_value(const std::string& option, const po::variables_map& given, const std::string& key = {}) {
  return {key, given[option].as<std::string>(), "--" + option, std::filesystem::current_path()};
}

CycleWindow parse_window(const RawValue& value) {
  const size_t colon = value.text.find(':');
  const auto cycle = [&](const std::string& text) {
    const auto kind = whole({}, 0, INT64_MAX);
    return static_cast<uint64_t>(kind.parse({value.key, text, value.where, value.folder}));
  };
  if (colon == std::string::npos)
    throw InputError(value.where, fmt::format("'{}' has no ':'; expected FROM:TO in cycles, as 0:2000", value.text));
  const CycleWindow window{cycle(value.text.substr(0, colon)), cycle(value.text.substr(colon + 1))};
  if (window.from >= window.to)
    throw InputError(value.where, fmt::format("'{}' is an empty window; expected FROM before TO", value.text));
  return window;
}

CommandLine::Action action_of(const po::variables_map& given) {
  using Action = CommandLine::Action;
  for (const auto& [option, action] : {std::pair{"help", Action::help},
                                       {"version", Action::version},
                                       {"list", Action::list_scenarios},
                                       {"keys", Action::list_keys},
                                       {"benchmark", Action::benchmark}})
    if (given.count(option)) return action;
  return Action::run;
}

std::vector<RawValue> overrides_of(const po::variables_map& given) {
  std::vector<RawValue> overrides;
  if (given.count("set"))
    for (const std::string& assignment : given["set"].as<std::vector<std::string>>())
      overrides.push_back(parse_override(assignment));
  for (const KeyOption& option : key_options)
    if (given.count(option.name)) overrides.push_back(option_value(option.name, given, option.key));
  return overrides;
}

std::string list_text() {
  std::string text = fmt::format("Scenarios in {}:\n", scenario_folder().string());
  for (const ScenarioListing& scenario : list_scenarios(scenario_folder()))
    text += fmt::format("  {:<28}  {}\n", scenario.name, scenario.first_line);
  return text;
}

std::string help_text() {
  std::ostringstream text;
  text << "tram_sim: runs a quantised network on a systolic-array accelerator with the RTL of a multiplier in each\n"
          "processing element, and reports accuracy, cycles, energy and power, the exact multiplier beside.\n\n"
          "  tram_sim --scenario resnet20_cifar10 [--multiplier trunc6] [--set array.rows=32] ...\n\n"
          "A value counts in this order: option, --set, scenario file, default. Results: report.txt, summary.json,\n"
          "layers.csv, power_trace.csv and scenario.yaml (and waves.vcd with --vcd) in the folder of --out.\n"
          "Exit codes: 0 done, 1 the run failed, 2 bad usage or input.\n\n"
       << describe_options();
  return text.str();
}

uint64_t seed_of(const po::variables_map& given) {
  if (!given.count("seed")) return CommandLine{}.seed;
  return static_cast<uint64_t>(whole({}, 0, INT64_MAX).parse(option_value("seed", given)));
}

/// Options beside one that does something else than run a scenario, where they would have no effect.
void check_no_idle_options(const po::variables_map& given, const std::string& action,
                           const std::vector<std::string>& allowed) {
  for (const auto& [name, value] : given)
    if (name != action && std::ranges::find(allowed, name) == allowed.end())
      throw InputError("--" + name,
                       fmt::format("given with --{}, where it has no effect; expected one of both", action));
}

void read_benchmark_options(const po::variables_map& given, CommandLine& line) {
  line.out = given.count("out") ? std::filesystem::path(given["out"].as<std::string>()) : "tram_out/benchmark";
  line.seed = seed_of(given);
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  const po::variables_map given = read_options(argc, argv);
  CommandLine line;
  line.action = action_of(given);
  line.threads = default_threads();
  if (line.action == CommandLine::Action::benchmark) {
    check_no_idle_options(given, "benchmark", {"out", "seed"});
    read_benchmark_options(given, line);
  }
  if (line.action != CommandLine::Action::run) return line;
  if (!given.count("scenario"))
    throw InputError("--scenario", "not given; expected --scenario NAME|FILE, names as --list shows them");
  line.scenario = given["scenario"].as<std::string>();
  line.overrides = overrides_of(given);
  line.out = given.count("out") ? std::filesystem::path(given["out"].as<std::string>())
                                : "tram_out" / std::filesystem::path(line.scenario).stem();
  if (given.count("threads")) line.threads = static_cast<int>(whole({}, 1, 1024).parse(option_value("threads", given)));
  line.seed = seed_of(given);
  if (given.count("vcd")) line.vcd = parse_window(option_value("vcd", given));
  if (given.count("vcd-limit"))
    line.vcd_limit = whole(Dimension::size, int64_t{1} << 20, int64_t{1} << 40).parse(option_value("vcd-limit", given));
  line.exact_beside = !given.count("no-exact");
  line.quiet = given.count("quiet") > 0;
  return line;
}

Scenario resolve(const CommandLine& command_line) {
  return resolve_scenario(load_scenario_file(find_scenario(command_line.scenario)), command_line.overrides);
}

std::string information_text(const CommandLine& command_line) {
  switch (command_line.action) {
    case CommandLine::Action::help: return help_text();
    case CommandLine::Action::version: return version_text("tram_sim");
    case CommandLine::Action::list_scenarios: return list_text();
    case CommandLine::Action::list_keys: return keys_as_text();
    case CommandLine::Action::run:
    case CommandLine::Action::benchmark: break;
  }
  return {};
}

void prepare_output_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::filesystem::path probe = folder / ".tram_probe";
  if (!error) {
    std::ofstream file(probe);
    if (!file) error = std::error_code(errno, std::generic_category());
  }
  if (error)
    throw InputError("--out", fmt::format("'{}' cannot be written: {}; expected a folder to write to", folder.string(),
                                          error.message()));
  std::filesystem::remove(probe, error);
}

}  // namespace tram
