#include "rtl/axm/verb_options.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <regex>

#include "models/cells/energy/exact_multiplier.hpp"
#include "models/cells/liberty/liberty_names.hpp"
#include "models/cells/mapping/technology_mapping.hpp"
#include "models/multiplier/c_model.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/table_file.hpp"
#include "models/options/parse_number.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram::axm {
namespace {

constexpr size_t most_pairs = 10'000'000;

Option seed_option(const std::string& sentence) {
  return option("seed", "N", plain_number<uint64_t>(0, INT64_MAX), sentence, "1");
}

/// The one module of a Verilog file that none of the others instantiates; several such need --top.
std::string top_module(const Arguments& arguments, const std::string& file) {
  if (arguments.has("top")) return arguments.text("top");
  const std::string text = read_file(file);
  static const std::regex module("(?:^|\\n)[ \\t]*module[ \\t]+([A-Za-z_][A-Za-z_0-9$]*)");
  std::vector<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), module), end; at != end; ++at) names.push_back((*at)[1]);
  std::erase_if(names, [&](const std::string& name) {
    const std::regex instance(fmt::format("(?:^|\\n)[ \\t]*{}[ \\t]+[^ \\t;(]+[ \\t]*\\(", name));
    return names.size() > 1 && std::regex_search(text, instance);
  });
  if (names.size() == 1) return names[0];
  throw InputError(file, names.empty() ? "no module; a Verilog netlist is expected"
                                       : fmt::format("modules {}; --top NAME is expected", fmt::join(names, ", ")));
}

}  // namespace

Option out_option(const std::string& what, const std::string& value_name) {
  return option("out", value_name, text(), what);
}

std::vector<Option> file_options() {
  return {option("signed",
                 "files hold two's complement operands and products; without: as they say, else as is nearer to a b"),
          option("unsigned", "files hold unsigned operands and products"),
          option("swap", "the first operand of a file is b, the second a")};
}

MultiplierFileOptions file_options(const Arguments& arguments) {
  MultiplierFileOptions options;
  if (arguments.has("signed") && arguments.has("unsigned"))
    throw InputError("--unsigned", "given with --signed; one of them is expected");
  if (arguments.has("signed")) options.is_signed = true;
  if (arguments.has("unsigned")) options.is_signed = false;
  options.swap_operands = arguments.has("swap");
  return options;
}

std::string notes_text(const Notes& notes) {
  std::string text;
  for (const std::string& note : notes) text += fmt::format("note: {}\n", note);
  return text;
}

Json with_notes(Json json, const Notes& notes) {
  if (!notes.empty()) json["notes"] = notes;
  return json;
}

Netlist read_netlist(const Arguments& arguments, const std::string& name_or_file, Notes& notes) {
  if (is_c_model_file(name_or_file) || is_table_file(name_or_file))
    throw InputError(name_or_file,
                     fmt::format("values, not a circuit; a netlist (.blif, .v, .sv), a structure or a "
                                 "built-in name is expected (tram_axm import {} --out FILE.v makes gates of "
                                 "values, {} bits an operand at most)",
                                 name_or_file, widest_table_operand));
  return find_multiplier(name_or_file, file_options(arguments), notes);
}

TruthTable read_values(const Arguments& arguments, const std::string& name_or_file, Notes& notes) {
  const MultiplierFileOptions options = file_options(arguments);
  if (!is_c_model_file(name_or_file))
    return is_table_file(name_or_file) ? read_table(name_or_file, options, notes)
                                       : truth_table(find_multiplier(name_or_file, options, notes));
  const CModel model = read_c_model(name_or_file, options);
  notes.insert(notes.end(), model.notes.begin(), model.notes.end());
  return model.table();
}

std::vector<Option> sample_options() {
  return {option("pairs", "N", plain_number<size_t>(2, most_pairs),
                 "random operand pairs where both operands have more than 24 bits together", "1048576"),
          seed_option("seed of these pairs")};
}

PairSample pair_sample(const Arguments& arguments) {
  return {arguments.get<size_t>("pairs"), arguments.get<uint64_t>("seed")};
}

std::vector<Option> c_model_options() {
  const ValueKind<int> bits = plain_number(1, widest_operand);
  return {
      option("a-bits", "N", bits,
             "bits of the first operand of a table (1 to 8) or C model (1 to 16); without: from the file"),
      option("b-bits", "N", bits, "bits of its second operand"),
      option("function", "NAME", text(), "function of a C model; without: that of the file's name, or the only one")};
}

std::string c_model_help() {
  return "A C model (.c with\na function of two integers) is compiled with cc and executed, in child processes in a "
         "temporary\n"
         "folder under limits of time and memory: give only files whose code you trust.\n";
}

void add_c_model_options(const Arguments& arguments, MultiplierFileOptions& options) {
  options.a_bits = arguments.get_if<int>("a-bits").value_or(0);
  options.b_bits = arguments.get_if<int>("b-bits").value_or(0);
  options.function = arguments.get_if<std::string>("function").value_or("");
}

Option liberty_option() {
  std::string names;
  for (const NamedLiberty& named : named_liberties()) names += named.name + ", ";
  return repeated(option("liberty", "NAME|FILE", text(names + "or a Liberty file"),
                         "cells; given several times: the files of one library"));
}

std::shared_ptr<const Library> read_library(const Arguments& arguments) {
  return read_library(fmt::format("{}", fmt::join(arguments.texts("liberty"), ",")));
}

std::shared_ptr<const Library> read_library(const std::string& names_or_files) {
  auto library = read_liberty(find_liberty(names_or_files, "--liberty"));
  for (const std::string& warning : library->warnings) fmt::print(stderr, "tram_axm: warning: {}\n", warning);
  return library;
}

Json library_json(const Library& library) {
  const OperatingConditions& conditions = library.conditions;
  const auto known = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  Json files = Json::array(), left_out = Json::array();
  for (const LibertyFile& file : library.files) files.push_back(file.path.string());
  for (const LeftOutCell& cell : library.left_out)
    left_out.push_back({{"cell", cell.name}, {"file", cell.file}, {"line", cell.line}, {"reason", cell.reason}});
  return {{"library", library.name},
          {"voltage_v", conditions.voltage},
          {"temperature_c", known(conditions.temperature)},
          {"process", known(conditions.process)},
          {"conditions", conditions.source},
          {"liberty_files", files},
          {"cells_left_out", left_out}};
}

Option adders_option() {
  return option("adders", "KIND", choice<AdderCells>(),
                "half and full adders become adder cells of the library or gates", "library");
}

ValueKind<double> positive_time() { return quantity(Dimension::time, 1e-15, 1); }

Option delay_target_option() {
  return option("delay-target", "TIME", positive_time(), "delay that ABC maps for; without: its default script");
}

std::string best_script(const Netlist& netlist, AdderCells adders, std::shared_ptr<const Library> library, int threads,
                        Notes& notes) {
  constexpr double period = 10e-9;  // of the simulator's default clock, one pair each
  CostOptions options = reference_cost_options(period, adders);
  options.only_these_adders = true;
  options.threads = threads;
  const auto bits = [](const std::vector<Net>& operand) { return static_cast<int>(operand.size()); };
  const HardwareCost best =
      best_hardware_cost(netlist, std::move(library), reference_stimulus(bits(netlist.a), bits(netlist.b)), options);
  notes.push_back(
      fmt::format("mapped with ABC's script {}, the one of {} that needs the least energy of 10000 random pairs; "
                  "others up to {:.1f} % more",
                  best.script, options.scripts.size(), 100 * best.spread()));
  return best.script;
}

std::vector<Option> mapped_options() {
  std::vector<std::string> scripts = abc_script_names();
  scripts.emplace_back("best");
  return join({{liberty_option(), adders_option(),
                option("script", "NAME", choice(scripts),
                       "script of ABC; best: the one that needs the least energy, glitches included, of 10000 random "
                       "pairs",
                       "best"),
                delay_target_option(), threads_option()},
               file_options(),
               {option("mapped", "the file is a Verilog netlist of cells of the library, taken as it is"),
                option("top", "MODULE", text(), "with --mapped: its top module, where the file has several")}});
}

MappedNetlist mapped_multiplier(const Arguments& arguments, std::shared_ptr<const Library> library, Notes& notes,
                                int widest) {
  const std::string& name = arguments.one_word("multiplier");
  if (arguments.has("mapped")) return read_mapped_verilog(name, top_module(arguments, name), std::move(library));
  if (arguments.has("top")) throw InputError("--top", "given without --mapped; both or none are expected");
  const Netlist netlist = read_netlist(arguments, name, notes);
  if (static_cast<int>(std::max(netlist.a.size(), netlist.b.size())) > widest)
    throw InputError(name, fmt::format("operands of {} x {} bits; up to {} each are expected", netlist.a.size(),
                                       netlist.b.size(), widest));
  MultiplierMappingOptions options;
  options.adders = arguments.get<AdderCells>("adders");
  options.script = arguments.text("script");
  options.delay_target = arguments.get_if<double>("delay-target");
  if (options.delay_target) options.script = abc_script_names()[0];  // the target has scripts of its own
  if (options.script == "best")
    options.script = best_script(netlist, options.adders, library, arguments.get<int>("threads"), notes);
  return map_multiplier(netlist, std::move(library), options);
}

Option histogram_option() {
  return option("histogram", "FILE", text(),
                "how often operand pairs occur: CSV a,b,count or .npy [2^a][2^b]; without: all alike");
}

OperandHistogram histogram_or_uniform(const Arguments& arguments, int a_bits, int b_bits) {
  return arguments.has("histogram") ? read_histogram(arguments.text("histogram"), a_bits, b_bits)
                                    : uniform_histogram(a_bits, b_bits);
}

std::string histogram_text(const Arguments& arguments) {
  return arguments.has("histogram") ? "operands of " + arguments.text("histogram") : "all operand pairs alike";
}

std::vector<Option> stimulus_options() {
  return {
      option("stimulus", "FILE", text(), "operand pairs {a, b}, one hexadecimal number a line; without: random ones"),
      option("pairs", "N", plain_number<size_t>(1, most_pairs), "random operand pairs", "10000"),
      seed_option("seed of the random operand pairs")};
}

OperandStimulus read_operands(const Arguments& arguments, int a_bits, int b_bits) {
  if (arguments.has("stimulus")) return read_stimulus(arguments.text("stimulus"), a_bits, b_bits);
  const auto pairs = arguments.get<size_t>("pairs");
  const auto seed = arguments.get<uint64_t>("seed");
  if (!arguments.has("histogram")) return uniform_stimulus(a_bits, b_bits, pairs, seed);
  return histogram_stimulus(histogram_or_uniform(arguments, a_bits, b_bits), pairs, seed);
}

Option convention_option() {
  return option("convention", "NAME", choice<PowerConvention>(),
                "how internal power and leakage are read: as the Liberty manual says or as OpenSTA does", "liberty");
}

std::vector<Option> power_model_options() {
  return {option("period", "TIME", positive_time(), "time between two operand pairs", "10 ns"), convention_option()};
}

MultiplierPowerOptions power_options(const Arguments& arguments) {
  MultiplierPowerOptions options;
  options.period = arguments.get<double>("period");
  options.convention = arguments.get<PowerConvention>("convention");
  return options;
}

Option delays_option() {
  return option("delays", "MODEL", choice<DelayModel>(),
                "zero: settled values only; library: the library's delays, glitches included", "library");
}

}  // namespace tram::axm
