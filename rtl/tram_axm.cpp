// tram_axm: the multipliers. Each verb is one function in the table below.
#include <boost/program_options.hpp>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/export.hpp"
#include "models/power/technology_mapping.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"
#include "models/support/nearest.hpp"
#include "rtl/mapped_row.hpp"
#include "rtl/pe_design.hpp"
#include "rtl/row_compiler.hpp"

namespace tram {
namespace {

namespace po = boost::program_options;
using Words = std::vector<std::string>;

using Values = po::variables_map;

/// The verb's words without an option's name.
const Words& multipliers(const std::string& verb, const Values& values) {
  const Words& names = values["multipliers"].as<Words>();
  if (names.empty()) throw InputError(verb, "no multiplier; a name that tram_axm list shows, or a file, is expected");
  return names;
}

nlohmann::ordered_json as_json(const std::string& name, const ErrorMetrics& m) {
  return {{"multiplier", name}, {"error_rate", m.error_rate}, {"mean_error", m.mean_error},
          {"mean_error_distance", m.mean_error_distance}, {"nmed", m.normalised_med},
          {"mred", m.mean_relative_error}, {"mse", m.mean_squared_error},
          {"standard_deviation", m.standard_deviation}, {"max_error", m.max_error}};
}

std::string metrics_row(const Netlist& netlist) {
  const ErrorMetrics m = error_metrics(truth_table(netlist));
  return fmt::format("{:<16} {:>5} {:>4} {:>4} {:>9.4f} {:>12.4f} {:>12.4f} {:>12.8f} {:>8.4f} {:>10.3f} {:>9}\n",
                     netlist.name, netlist.gates.size(), count_gates(netlist, GateKind::half_adder),
                     count_gates(netlist, GateKind::full_adder), 100 * m.error_rate, m.mean_error,
                     m.mean_error_distance, m.normalised_med, m.mean_relative_error, m.standard_deviation, m.max_error);
}

void print_metrics(const Words& names) {
  std::string rows;
  for (const std::string& name : names) rows += metrics_row(find_multiplier(name));
  fmt::print("{:<16} {:>5} {:>4} {:>4} {:>9} {:>12} {:>12} {:>12} {:>8} {:>10} {:>9}\n{}", "multiplier", "gates", "HA",
             "FA", "ER %", "mean error", "MED", "NMED", "MRED", "std", "max", rows);
}

void list(const Values& values) {
  const Words& words = values["multipliers"].as<Words>();
  if (!words.empty()) throw InputError("list", fmt::format("unexpected '{}'; nothing is expected", words[0]));
  print_metrics(multiplier_names());
}

void metrics(const Values& values) {
  const Words& names = multipliers("metrics", values);
  if (!values["json"].as<bool>()) return print_metrics(names);
  auto all = nlohmann::ordered_json::array();
  for (const std::string& name : names) all.push_back(as_json(name, error_metrics(truth_table(find_multiplier(name)))));
  fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// LUT[a << b_bits | b], int32 little-endian.
std::string lut_bytes(const TruthTable& table) {
  std::string bytes;
  for (const int32_t value : table.values)
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(static_cast<uint32_t>(value) >> (8 * i) & 255);
  return bytes;
}

void export_multiplier(const Values& values) {
  const Words& names = multipliers("export", values);
  const auto& format = values["format"].as<std::string>();
  if (names.size() != 1 || !values.count("out"))
    throw InputError("export", "one multiplier and --out FILE are expected");
  const Netlist netlist = find_multiplier(names[0]);
  std::string content;
  if (format == "sv") content = to_systemverilog(netlist, "tram_multiplier");
  else if (format == "blif") content = to_blif(netlist);
  else if (format == "lut") content = lut_bytes(truth_table(netlist));
  else throw InputError("--format", fmt::format("'{}'; sv, blif or lut is expected", format));
  write_file(values["out"].as<std::string>(), content);
}

void prepare(const Values& values) {
  if (!values.count("liberty")) throw InputError("prepare", "no --liberty FILE; the cells of the PE are expected");
  const auto library = read_liberty(values["liberty"].as<std::string>());
  for (const std::string& name : multipliers("prepare", values)) {
    const auto begin = std::chrono::steady_clock::now();
    const PeDesign pe = map_pe(find_multiplier(name), values["rows"].as<int>(), library);
    const MappedRow row = mapped_row(pe.netlist);
    compile_row(row, default_cache_folder());
    fmt::print("{}: {} cells, {} nets counted, {:.1f} s\n", name, pe.netlist.cells().size(), row.nets.size(),
               std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
}

void no_options(po::options_description&) {}
void metrics_options(po::options_description& options) {
  options.add_options()("json", po::bool_switch(), "print JSON");
}
void export_options(po::options_description& options) {
  options.add_options()
      ("out", po::value<std::string>()->value_name("FILE"), "file to write")
      ("format", po::value<std::string>()->default_value("sv")->value_name("FORMAT"),
       "sv: SystemVerilog; blif: BLIF; lut: the table LUT[a * 2^bits + b], int32 little-endian");
}
void prepare_options(po::options_description& options) {
  options.add_options()
      ("liberty", po::value<std::string>()->value_name("FILE"), "Liberty file of the cells")
      ("rows", po::value<int>()->default_value(64)->value_name("N"), "rows of the array, 1 to 4096");
}

struct Verb {
  const char* name;
  const char* usage;
  const char* sentence;
  void (*add_options)(po::options_description&);
  void (*run)(const Values&);
};

constexpr Verb verbs[] = {
    {"list", "", "built-in multipliers with gates and error metrics", no_options, list},
    {"metrics", " NAME|FILE... [--json]", "error metrics over all operand pairs", metrics_options, metrics},
    {"export", " NAME|FILE --out FILE [--format sv|blif|lut]", "SystemVerilog, BLIF or table of a multiplier",
     export_options, export_multiplier},
    {"prepare", " NAME|FILE... --liberty FILE [--rows N]",
     "map the PE to the library and compile its row into the cache", prepare_options, prepare},
};

void print_help() {
  fmt::print("tram_axm: multipliers as netlists. A multiplier is a built-in name or a .blif, .v or .sv file.\n\n");
  for (const Verb& verb : verbs) fmt::print("  tram_axm {}{}\n      {}\n", verb.name, verb.usage, verb.sentence);
  fmt::print("\ntram_axm VERB --help shows its options. Exit codes: 0 done, 1 the run failed, 2 bad usage or input.\n");
}

/// Runs the verb with its words, or prints its help.
void act(const Verb& verb, const Words& words) {
  po::options_description options, all;
  verb.add_options(options);
  options.add_options()("help", po::bool_switch(), "print this help");
  all.add(options).add_options()("multipliers", po::value<Words>()->default_value({}, ""));
  po::positional_options_description positional;
  positional.add("multipliers", -1);
  Values values;
  try {
    po::store(po::command_line_parser(words).options(all).positional(positional).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw InputError(verb.name, fmt::format("{}; tram_axm {} --help lists the options", error.what(), verb.name));
  }
  if (!values["help"].as<bool>()) return verb.run(values);
  std::ostringstream text;
  text << options;
  fmt::print("tram_axm {}{}\n{}\n\n{}", verb.name, verb.usage, verb.sentence, text.str());
}

void act(const Words& words) {
  if (words.empty() || words[0] == "--help") return print_help();
  Words names;
  for (const Verb& verb : verbs) {
    if (words[0] == verb.name) return act(verb, {words.begin() + 1, words.end()});
    names.push_back(verb.name);
  }
  throw InputError("verb", fmt::format("unknown '{}'{}; tram_axm --help lists them", words[0],
                                       did_you_mean(words[0], names)));
}

}  // namespace
}  // namespace tram

int main(int argc, char** argv) {
  try {
    tram::act(tram::Words(argv + 1, argv + argc));
    if (std::fflush(stdout) != 0) throw tram::RunError("standard output cannot be written");
    return 0;
  } catch (const tram::InputError& error) {
    std::fprintf(stderr, "tram_axm: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tram_axm: %s\n", error.what());
    return 1;
  }
}
