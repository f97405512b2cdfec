#include "train/export/export_folder.hpp"

#include <map>
#include <sstream>
#include <system_error>

#include "models/cells/liberty/liberty_names.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/export_netlist.hpp"
#include "models/multiplier/export_table.hpp"
#include "models/quant/golden.hpp"
#include "models/support/atomic_file.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

namespace fs = std::filesystem;

constexpr char exact[] = "exact", weights_file[] = "network.safetensors";

/// A multiplier in all its forms.
struct Multiplier {
  std::string name;
  std::string in_scenario;  ///< its name or file
  std::optional<MultiplierStructure> structure;
  Netlist netlist;
};

Multiplier of_structure(const MultiplierStructure& structure) {
  return {structure.name, structure.name + ".axm.json", structure, build_multiplier(structure)};
}

Multiplier of_netlist(const Netlist& netlist) { return {netlist.name, netlist.name + ".blif", std::nullopt, netlist}; }

Multiplier make_multiplier(const MultiplierSource& source) {
  if (const auto* structure = std::get_if<MultiplierStructure>(&source)) return of_structure(*structure);
  if (const auto* netlist = std::get_if<Netlist>(&source)) return of_netlist(*netlist);
  const auto& name = std::get<std::string>(source);
  std::optional<MultiplierStructure> structure = find_structure(name);
  if (is_multiplier_file(name)) return structure ? of_structure(*structure) : of_netlist(find_multiplier(name));
  return {name, name, std::move(structure), find_multiplier(name)};
}

/// The multipliers of an export by name, and the rules that name them.
struct MultiplierSet {
  std::map<std::string, Multiplier> by_name;
  std::vector<MultiplierRule> rules;
};

void check_name(const Multiplier& multiplier) {
  if (!is_structure_name(multiplier.name) || (multiplier.name == exact && multiplier.in_scenario != exact))
    throw InputError("multipliers", fmt::format("the name '{}'; up to 100 letters, digits, _, -, . or +, and not {}, "
                                                "are expected",
                                                multiplier.name, exact));
}

/// Checks that the multiplier's operands are the network's: files may have wider ones than unsigned codes.
void check_operands(const Multiplier& multiplier, const IntegerNetwork& network) {
  const Netlist& netlist = multiplier.netlist;
  const bool may_be_wider = !network.signed_codes && multiplier.in_scenario != multiplier.name;
  const auto fits = [&](size_t width) {
    const int bits = static_cast<int>(width);
    return bits == network.bits || (may_be_wider && bits > network.bits && bits <= 8);
  };
  if (netlist.is_signed == network.signed_codes && fits(netlist.a.size()) && fits(netlist.b.size())) return;
  const auto sign_word = [](bool is_signed) { return is_signed ? "signed" : "unsigned"; };
  throw InputError("multipliers", fmt::format("{} has {} operands of {} x {} bits; {} ones of {} bits are expected",
                                              multiplier.name, sign_word(netlist.is_signed), netlist.a.size(),
                                              netlist.b.size(), sign_word(network.signed_codes), network.bits));
}

MultiplierSet collect(std::span<const LayerMultiplierSource> layers) {
  MultiplierSet set;
  for (const LayerMultiplierSource& layer : layers) {
    Multiplier multiplier = make_multiplier(layer.multiplier);
    check_name(multiplier);
    set.rules.push_back({layer.layers, multiplier.name});
    const auto known = set.by_name.find(multiplier.name);
    if (known != set.by_name.end() && to_blif(known->second.netlist) != to_blif(multiplier.netlist))
      throw InputError("multipliers",
                       fmt::format("two different ones are called {}; a name for each is expected", multiplier.name));
    set.by_name.emplace(multiplier.name, std::move(multiplier));
  }
  return set;
}

void write_multiplier(const fs::path& folder, const Multiplier& multiplier) {
  const auto write = [&](const char* ending, const std::string& content) {
    write_file(folder / (multiplier.name + ending), content);
  };
  const std::string module_name = identifier(multiplier.name);
  const TruthTable table = truth_table(multiplier.netlist);
  if (multiplier.structure) write(".axm.json", to_json(*multiplier.structure));
  write(".sv", to_systemverilog(multiplier.netlist, module_name));
  write(".v", to_verilog(multiplier.netlist, module_name));
  write(".blif", to_blif(multiplier.netlist));
  write(".npy", to_npy(table));
  write(".h", to_c_header(table, multiplier.name));
}

/// Text in single quotes, in which YAML has no escapes.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

/// The first rule as the scenario's multiplier and its scope, the others layer by layer.
std::string multiplier_keys(const MultiplierSet& set) {
  if (set.rules.empty()) return fmt::format("multiplier: {}\n", exact);
  const auto in_scenario = [&](const MultiplierRule& rule) { return set.by_name.at(rule.multiplier).in_scenario; };
  std::string layers;
  for (const MultiplierRule& rule : std::span(set.rules).subspan(1)) {
    std::string names = rule.layers;
    for (char& c : names) c = c == ',' ? ' ' : c;
    std::istringstream words(names);
    for (std::string word; words >> word;)
      layers += fmt::format("{}{}={}", layers.empty() ? "" : ", ", word, in_scenario(rule));
  }
  return fmt::format("multiplier: {}\nmultiplier_scope: {}\nmultiplier_layers: {}\n", quoted(in_scenario(set.rules[0])),
                     quoted(set.rules[0].layers), quoted(layers.empty() ? "none" : layers));
}

/// Preprocessing keys of the scenario, as the network's file has them.
std::string preprocessing_keys(const PreprocessingChoice& choice) {
  std::string text;
  if (choice.mean) text += fmt::format("data.mean: {}\n", quoted(to_text(*choice.mean)));
  if (choice.deviation) text += fmt::format("data.deviation: {}\n", quoted(to_text(*choice.deviation)));
  if (choice.resize) text += fmt::format("data.resize: {}\n", *choice.resize);
  if (choice.crop) text += fmt::format("data.crop: {}\n", *choice.crop);
  if (choice.interpolation) text += fmt::format("data.interpolation: {}\n", to_text(*choice.interpolation));
  return text;
}

std::string scenario_text(const TrainedNetwork& trained, const MultiplierSet& set, const ExportOptions& options) {
  std::string text = fmt::format("# {} as trained with its multipliers", trained.graph.name);
  if (options.score)
    text += fmt::format("; golden top-1 {:.2f} % ({} of {} test images)", 100 * options.score->accuracy(),
                        options.score->correct, options.score->images);
  text += fmt::format("\nnetwork: {}\nnetwork_weights: {}\n", quoted(trained.graph.name), weights_file);
  text += fmt::format("data.set: {}\ndata.images: {}\n", options.data_set, options.images);
  if (!options.data_folder.empty())
    text += fmt::format("data.folder: {}\n", quoted(fs::absolute(options.data_folder).string()));
  text += preprocessing_keys(trained.preprocessing);
  text += multiplier_keys(set);
  return text +
         fmt::format("engine: table\ntechnology.liberty: {}\n", quoted(portable_liberty(options.liberty, "--liberty")));
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw InputError(folder.string(), fmt::format("cannot be made: {}; a writable place is expected", error.message()));
}

}  // namespace

MultiplierChoice choose_multipliers(const IntegerNetwork& network, std::span<const LayerMultiplierSource> layers) {
  const MultiplierSet set = collect(layers);
  for (const auto& [name, multiplier] : set.by_name)
    if (name != exact) check_operands(multiplier, network);
  MultiplierChoice choice{assign_multipliers("multipliers", network, set.rules), {}};
  for (const std::string& name : choice.assignment.multipliers)
    choice.tables.push_back(name == exact ? exact_table(network.bits, network.bits, network.signed_codes)
                                          : truth_table(set.by_name.at(name).netlist));
  return choice;
}

GoldenScore golden_score(const IntegerNetwork& network, const MultiplierAssignment& assignment,
                         std::span<const TruthTable> tables, const Dataset& data, int first, int count, int threads) {
  if (first < 0 || count < 1 || first > data.count() - count)
    throw InputError(data.name(), fmt::format("images {} to {}; some of 0 to {} are expected", first,
                                              int64_t{first} + count - 1, data.count() - 1));
  const GoldenInference golden(network, assignment, tables);
  const std::vector<int32_t> logits = golden_logits(golden, data, first, count, threads);
  return {count_correct(network, data, first, logits), count};
}

void export_folder(const fs::path& folder, const TrainedNetwork& trained, std::span<const LayerMultiplierSource> layers,
                   const ExportOptions& options) {
  const MultiplierSet set = collect(layers);
  choose_multipliers(quantise(trained), layers);  // what the machine would refuse is refused here
  make_folder(folder);
  write_trained_network(folder / weights_file, trained);
  for (const auto& [name, multiplier] : set.by_name)
    if (name != exact) write_multiplier(folder, multiplier);
  write_file(folder / "scenario.yaml", scenario_text(trained, set, options));
}

}  // namespace tram::train
