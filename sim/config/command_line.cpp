#include "sim/config/command_line.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>

#include "models/options/option_table.hpp"
#include "models/options/parse_number.hpp"
#include "models/support/error.hpp"
#include "models/support/installation.hpp"
#include "sim/config/key_kinds.hpp"
#include "sim/config/resolve_scenario.hpp"
#include "sim/config/scenario_files.hpp"

namespace tram {
namespace {

namespace fs = std::filesystem;

/// Options that are short for a scenario key.
struct KeyOption {
  const char* name;
  const char* value_name;
  const char* key;
};
constexpr std::array<KeyOption, 7> key_options{{{"images", "N", "data.images"},
                                                {"first-image", "INDEX", "data.first"},
                                                {"engine", "NAME", "engine"},
                                                {"cosim", "PERCENT", "cosim"},
                                                {"multiplier", "NAME|FILE", "multiplier"},
                                                {"pe", "DIR", "array.design"},
                                                {"liberty", "NAME|FILE", "technology.liberty"}}};

/// Takes the text as it is: the key reads it when the scenario is resolved.
Option option_of(const KeyOption& short_form) {
  const ScenarioKey& key = *find_scenario_key(short_form.key);
  std::string sentence = key.sentence;
  sentence.front() = static_cast<char>(std::tolower(sentence.front()));
  Option made = option(short_form.name, short_form.value_name, text(key.allowed), sentence);
  made.default_note = fmt::format("{}; scenario key {}", key.default_text, key.name);
  made.repeats = key.is_list;
  return made;
}

CycleWindow parse_window(const RawValue& value) {
  const size_t colon = value.text.find(':');
  const auto cycle = [&](const std::string& text) {
    return plain_number<uint64_t>(0, INT64_MAX).parse({value.key, text, value.where, value.folder});
  };
  if (colon == std::string::npos)
    throw InputError(value.where,
                     fmt::format("'{}' has no ':'; FROM:TO in cycles, as 0:2000, is expected", value.text));
  const CycleWindow window{cycle(value.text.substr(0, colon)), cycle(value.text.substr(colon + 1))};
  if (window.from >= window.to)
    throw InputError(value.where, fmt::format("'{}' is an empty window; FROM before TO is expected", value.text));
  return window;
}

ValueKind<CycleWindow> cycle_window() {
  return {"window", "cycles", "", parse_window,
          [](const CycleWindow& window) { return fmt::format("{}:{}", window.from, window.to); }};
}

std::vector<Option> all_options() {
  std::vector<Option> options = {
      option("scenario", "NAME|FILE", text(), "what to simulate: a name that --list shows, or a .yaml file")};
  for (const KeyOption& short_form : key_options) options.push_back(option_of(short_form));
  Option out = option("out", "DIR", path(), "folder for the results, made if need be");
  out.default_note = "tram_out/<scenario>";
  const ValueKind<int64_t> limit = whole(Dimension::size, int64_t{1} << 20, int64_t{1} << 40);
  return join(
      {options,
       {repeated(option("set", "KEY=VALUE", text(),
                        "give any scenario key that --keys lists another value; may be repeated, the last one of a "
                        "key counts")),
        out, threads_option(),
        option("seed", "N", plain_number<uint64_t>(0, INT64_MAX), "seed of everything drawn at random", "1"),
        option("vcd", "FROM:TO", cycle_window(),
               "record array and bus in waves.vcd, cycles FROM to TO - 1 of the first image"),
        option("vcd-limit", "SIZE", limit, "largest size of waves.vcd; at most three times as much memory is needed",
               limit.format(CommandLine{}.vcd_limit)),
        option("no-exact", "do not run the machine with the exact multiplier beside"),
        option("benchmark",
               "measure this machine, one core: print a table and write benchmark.json into --out, and end"),
        option("list", "list the scenarios and end"),
        option("keys", "list the scenario keys with type, unit, default and meaning, and end"),
        option("quiet", "no progress, no report on the terminal; files are written as ever"), help_option(),
        version_option()}});
}

CommandLine::Action action_of(const Arguments& given) {
  using Action = CommandLine::Action;
  for (const auto& [option, action] : {std::pair{"help", Action::help},
                                       {"version", Action::version},
                                       {"list", Action::list_scenarios},
                                       {"keys", Action::list_keys},
                                       {"benchmark", Action::benchmark}})
    if (given.has(option)) return action;
  return Action::run;
}

std::vector<RawValue> overrides_of(const Arguments& given) {
  std::vector<RawValue> overrides;
  if (given.has("set"))
    for (const std::string& assignment : given.texts("set")) overrides.push_back(parse_override(assignment));
  for (const auto& [name, value_name, key] : key_options)
    if (given.has(name))
      overrides.push_back({key, fmt::format("{}", fmt::join(given.texts(name), ",")),  // the files of one library
                           fmt::format("--{}", name), fs::current_path()});
  return overrides;
}

std::string list_text() {
  std::string text = fmt::format("Scenarios in {}:\n", scenario_folder().string());
  for (const ScenarioListing& scenario : list_scenarios(scenario_folder()))
    text += fmt::format("  {:<28}  {}\n", scenario.name, scenario.first_line);
  return text;
}

std::string help_text() {
  return "tram_sim: runs a quantised network on a systolic-array accelerator with the RTL of a multiplier in each\n"
         "processing element, and reports accuracy, cycles, energy and power, the exact multiplier beside.\n\n"
         "  tram_sim --scenario resnet20_cifar10 [--multiplier trunc6] [--set array.rows=32] ...\n\n"
         "A value counts in this order: option, --set, scenario file, default. Results: report.txt, summary.json,\n"
         "layers.csv, power_trace.csv and scenario.yaml (and waves.vcd with --vcd) in the folder of --out.\n"
         "Exit codes: 0 done, 1 the run failed, 2 bad usage or input.\n\n" +
         describe(all_options());
}

/// Options beside one that does something else than run a scenario, where they would have no effect.
void check_no_idle_options(const Arguments& given, const std::string& action, const std::vector<std::string>& allowed) {
  for (const std::string& name : given.given())
    if (name != action && std::ranges::find(allowed, name) == allowed.end())
      throw InputError("--" + name,
                       fmt::format("given with --{}, where it has no effect; one of both is expected", action));
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  const Arguments given("tram_sim", all_options(), words_of(argc, argv));
  given.no_words();
  CommandLine line;
  line.action = action_of(given);
  line.threads = given.get<int>("threads");
  line.seed = given.get<uint64_t>("seed");
  if (line.action == CommandLine::Action::benchmark) {
    check_no_idle_options(given, "benchmark", {"out", "seed"});
    line.out = given.get_if<fs::path>("out").value_or("tram_out/benchmark");
  }
  if (line.action != CommandLine::Action::run) return line;
  if (!given.has("scenario"))
    throw InputError("--scenario", "not given; --scenario NAME|FILE, names as --list shows them, is expected");
  line.scenario = given.text("scenario");
  line.overrides = overrides_of(given);
  line.out = given.get_if<fs::path>("out").value_or("tram_out" / fs::path(line.scenario).stem());
  line.vcd = given.get_if<CycleWindow>("vcd");
  line.vcd_limit = given.get<int64_t>("vcd-limit");
  line.exact_beside = !given.has("no-exact");
  line.quiet = given.has("quiet");
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

void prepare_output_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path probe = folder / ".tram_probe";
  if (!error) {
    std::ofstream file(probe);
    if (!file) error = std::error_code(errno, std::generic_category());
  }
  if (error)
    throw InputError("--out", fmt::format("'{}' cannot be written: {}; a folder to write to is expected",
                                          folder.string(), error.message()));
  fs::remove(probe, error);
}

}  // namespace tram
