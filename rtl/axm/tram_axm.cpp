// tram_axm: everything about a multiplier. Each verb is a file of its own.
#include <fmt/format.h>

#include <algorithm>

#include "models/support/error.hpp"
#include "models/support/installation.hpp"
#include "models/support/nearest.hpp"
#include "models/support/program_exit.hpp"
#include "rtl/axm/verb.hpp"

namespace tram::axm {
namespace {

using Words = std::vector<std::string>;

std::vector<Verb> all_verbs() {
  return {list_verb(),        metrics_verb(), show_verb(),   map_verb(),    area_verb(),   power_verb(),
          transitions_verb(), compare_verb(), import_verb(), export_verb(), prepare_verb()};
}

void print_help() {
  fmt::print("tram_axm: approximate multipliers as netlists: values, errors, area, delay, energy.\n\n");
  for (const Verb& verb : all_verbs()) fmt::print("  {:<12} {}\n", verb.name, verb.summary);
  fmt::print(
      "\nA multiplier is a built-in name (tram_axm list), a structure (.axm.json) or a netlist (.blif, .v, .sv).\n"
      "tram_axm VERB --help shows a verb's options; --json prints its result as JSON; tram_axm --version the version.\n"
      "Exit codes: 0 done, 1 the run failed, 2 bad usage or input.\n");
}

void print_help(const Verb& verb, const std::vector<Option>& options) {
  fmt::print("tram_axm {}{}{}\n{}\n\n{}", verb.name, verb.usage.empty() ? "" : " ", verb.usage, verb.summary,
             describe(options));
  if (!verb.more.empty()) fmt::print("\n{}", verb.more);
}

/// Runs the verb with its words, or prints its help.
void act(const Verb& verb, const Words& words) {
  std::vector<Option> options = verb.options;
  options.push_back({"json", "", "print the result as JSON"});
  options.push_back({"help", "", "print this help"});
  if (std::ranges::find(words, "--help") != words.end()) return print_help(verb, options);
  verb.run(Arguments(verb.name, options, words));
}

void act(const Words& words) {
  if (words.empty() || words[0] == "--help") return print_help();
  if (words[0] == "--version") return fmt::print("{}", version_text("tram_axm"));
  Words names;
  for (const Verb& verb : all_verbs()) {
    if (words[0] == verb.name) return act(verb, {words.begin() + 1, words.end()});
    names.push_back(verb.name);
  }
  throw InputError("verb", fmt::format("unknown '{}'; one that tram_axm --help lists is expected{}", words[0],
                                       did_you_mean(words[0], names)));
}

}  // namespace
}  // namespace tram::axm

int main(int argc, char** argv) {
  return tram::run_program("tram_axm", [&] {
    tram::axm::act({argv + 1, argv + argc});
    return 0;
  });
}
