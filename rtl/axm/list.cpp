#include <fmt/format.h>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/error_metrics.hpp"
#include "rtl/axm/metrics_table.hpp"
#include "rtl/axm/verb.hpp"

namespace tram::axm {
namespace {

/// The words in lines of at most `width` characters, each line behind the indent.
std::string wrapped(const std::vector<std::string>& words, size_t width, const std::string& indent) {
  std::string text, line = indent;
  for (const std::string& word : words) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > width) {
      text += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return text + line + "\n";
}

void print_families() {
  const auto width = static_cast<size_t>(std::min(line_width(), 100));
  for (const MultiplierInfo& family : multiplier_catalogue()) {
    fmt::print("{}\n  {}\n  Source: {}\n{}\n", family.name, family.summary, family.source,
               wrapped(family.members, width, "    "));
  }
  fmt::print("A suffix gives other operand widths, 2 to 8 bits: exact_dadda_4x6. Errors: tram_axm list --metrics.\n");
}

Json metrics_of(const std::string& name, TextTable& table) {
  const Netlist netlist = find_multiplier(name);
  const ErrorMetrics metrics = error_metrics(truth_table(netlist));
  const int half = count_gates(netlist, GateKind::half_adder), full = count_gates(netlist, GateKind::full_adder);
  table.add_row({name, std::to_string(netlist.gates.size()), std::to_string(half), std::to_string(full),
                 fmt::format("{:.2f}", 100 * metrics.error_rate), fmt::format("{:.3f}", metrics.mean_error),
                 fmt::format("{:.5f}", 100 * metrics.normalised_med)});
  Json json = {{"multiplier", name}, {"gates", netlist.gates.size()}, {"half_adders", half}, {"full_adders", full}};
  json.update(metrics_json(metrics));
  return json;
}

Json families_json() {
  Json json = Json::array();
  for (const MultiplierInfo& family : multiplier_catalogue())
    json.push_back({{"family", family.name},
                    {"summary", family.summary},
                    {"source", family.source},
                    {"multipliers", family.members}});
  return json;
}

void run(const Arguments& arguments) {
  arguments.no_words();
  const bool as_json = arguments.has("json");
  if (!arguments.has("metrics")) return as_json ? print_json(families_json()) : print_families();
  TextTable table({"<multiplier", "gates", "HA", "FA", "ER %", "bias", "NMED %"});
  Json json = Json::array();
  for (const std::string& name : multiplier_names()) json.push_back(metrics_of(name, table));
  if (as_json) print_json(json);
  else fmt::print("{}", table.text());
}

}  // namespace

Verb list_verb() {
  return {"list",
          "",
          "built-in multipliers and where they are published",
          {option("metrics", "a table with the gates and errors of each instead")},
          run};
}

}  // namespace tram::axm
