#include "sim/config/resolve_scenario.hpp"

#include <algorithm>
#include <map>

#include "models/cells/liberty/liberty_names.hpp"
#include "models/memory/dram_presets.hpp"
#include "models/memory/sram.hpp"
#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/support/error.hpp"
#include "sim/config/key_kinds.hpp"
#include "sim/config/layer_multipliers.hpp"
#include "sim/config/scenario_keys.hpp"
#include "sim/config/sram_settings.hpp"
#include "sim/config/trained_network_keys.hpp"

namespace tram {
namespace {

using Given = std::map<std::string, const RawValue*>;

/// What is written for each key; a later value replaces an earlier one, once that one proved good by itself.
Given collect(const RawScenario& file, std::span<const RawValue> overrides) {
  Given given;
  Scenario scratch;
  for (const RawValue& value : file.values) {
    find_scenario_key(value.key)->set(scratch, value);
    given[value.key] = &value;
  }
  for (const RawValue& value : overrides) given[value.key] = &value;
  return given;
}

std::string where(const Given& given, const std::string& key) {
  const auto found = given.find(key);
  return found == given.end() ? "default of " + key : found->second->where;
}

/// A built-in for codes of these bits.
Netlist find_at_widths(const std::string& multiplier, OperandBits codes, const std::string& at) {
  try {
    return find_multiplier(name_at_widths(multiplier, codes.weights, codes.activations));
  } catch (const InputError& error) {
    throw InputError(at, fmt::format("multiplier '{}' for codes of {} x {} bits: {}", multiplier, codes.weights,
                                     codes.activations, error.what()));
  }
}

/// A built-in's operands are what the codes are. Files are checked when they are read; `exact` is what the codes are.
void check_codes_fit(const std::string& multiplier, const Scenario& scenario, const Given& given) {
  const bool signed_codes = is_signed(scenario.quantise.codes);
  if (!is_built_in_multiplier(multiplier) || multiplier == "exact") return;
  const OperandBits codes = scenario.quantise.magnitudes(scenario.quantise.operands());
  const Netlist netlist = find_at_widths(multiplier, codes, where(given, "quantise.bits"));
  const char* const own = netlist.is_signed ? "signed" : "unsigned";
  if (netlist.is_signed != signed_codes)
    throw InputError(where(given, "quantise.codes"),
                     fmt::format("'{}' with the built-in multiplier '{}', whose operands are {}; {} or "
                                 "another multiplier is expected",
                                 name_of(scenario.quantise.codes), multiplier, own, own));
  const auto a = static_cast<int>(netlist.a.size()), b = static_cast<int>(netlist.b.size());
  if (a < codes.weights || b < codes.activations)
    throw InputError(
        where(given, "quantise.bits"),
        fmt::format("codes of {} x {} bits with the built-in multiplier '{}', whose operands have {} x {}; "
                    "at most those are expected",
                    codes.weights, codes.activations, multiplier, a, b));
}

void check_codes_fit_multipliers(const Scenario& scenario, const Given& given) {
  check_codes_fit(scenario.multiplier, scenario, given);
  for (const LayerMultiplier& layer : scenario.multiplier_layers) check_codes_fit(layer.multiplier, scenario, given);
}

/// Keys on how netlist files are read want one.
void check_file_keys(const Scenario& scenario, const Given& given) {
  bool has_file = is_netlist_file(scenario.multiplier);
  for (const LayerMultiplier& layer : scenario.multiplier_layers)
    has_file = has_file || is_netlist_file(layer.multiplier);
  for (const auto& [key, is_set] : {std::pair("multiplier_signed", scenario.multiplier_signed.has_value()),
                                    {"multiplier_swap", scenario.multiplier_swap}})
    if (is_set && !has_file)
      throw InputError(where(given, key),
                       "given where no multiplier is a netlist file (.blif, .v, .sv); none is expected");
}

/// A magnitude has two bits at least.
void check_magnitudes(const Scenario& scenario, const Given& given) {
  if (scenario.quantise.codes != CodeKind::sign_magnitude) return;
  int least = scenario.quantise.operands().weights;
  for (const LayerBits& layer : scenario.quantise.layer_bits) least = std::min(least, layer.weights);
  if (least < 3)
    throw InputError(where(given, "quantise.codes"),
                     fmt::format("'sign_magnitude' with weights of {} bits; 3 to 8 are expected", least));
}

void check_wide_codes(const Scenario& scenario, const Given& given) {
  const auto check = [&](const char* key, int bits) {
    const int least = scenario.quantise.operands().activations;
    if (bits < least)
      throw InputError(
          where(given, key),
          fmt::format("'{}' with {}: {}; {} to 16 is expected", bits,
                      scenario.quantise.activation_bits != 0 ? "quantise.activation_bits" : "quantise.bits", least,
                      least));
  };
  check("quantise.stream_bits", scenario.quantise.stream_bits);
  check("quantise.score_bits", scenario.quantise.score_bits);
}

void check_second_weight_register(const Scenario& scenario, const Given& given) {
  if (scenario.array.weight_load == WeightLoading::hidden && scenario.array.gating == Gating::none)
    throw InputError(where(given, "array.weight_load"),
                     "'hidden' with array.gating: none; array.gating: clock or zero is expected");
}

/// The sign is in the operand that the array holds.
void check_signs_are_held(const Scenario& scenario, const Given& given) {
  if (scenario.array.holds_activations() && scenario.quantise.codes == CodeKind::sign_magnitude)
    throw InputError(where(given, "array.dataflow"),
                     "'input_stationary' with quantise.codes: sign_magnitude; weight_stationary, or unsigned or signed "
                     "codes are expected");
}

void check_weights_have_a_use(const Scenario& scenario, const Given& given) {
  const std::string& network = scenario.network.name;
  if (scenario.network.weights.empty() || !(network.ends_with(".onnx") || network.ends_with(".csv"))) return;
  throw InputError(
      where(given, "network_weights"),
      fmt::format("'{}' with network: {}, which {}; no network_weights is expected", scenario.network.weights.string(),
                  network, network.ends_with(".onnx") ? "has its own weights" : "has shapes only"));
}

/// The images of the other sets are as they are.
void check_preprocessing(const Scenario& scenario, const Given& given) {
  for (const char* key : {"data.resize", "data.crop", "data.interpolation"})
    if (given.contains(key) && !traits_of(scenario.data.set).is_resized)
      throw InputError(where(given, key), fmt::format("'{}' with data.set: {}, whose images are not resized; "
                                                      "data.set: imagenet or no {} is expected",
                                                      given.at(key)->text, name_of(scenario.data.set), key));
}

/// A key that counts only where another one has a value.
struct Need {
  const char *key, *other, *value;
};
constexpr Need needs[] = {{"cosim", "engine", "table"},
                          {"sample", "engine", "table"},
                          {"quantise.percentile", "quantise.calibrate", "percentile"}};

/// What somebody asks for on the command line has an effect. (A file may keep keys for another engine.)
void check_overrides_have_a_use(const Scenario& scenario, std::span<const RawValue> overrides) {
  for (const RawValue& value : overrides)
    for (const auto& [name, other, wanted] : needs) {
      if (value.key != name) continue;
      const ScenarioKey& key = *find_scenario_key(name);
      const std::string now = find_scenario_key(other)->get(scenario);
      if (now != wanted && key.get(scenario) != key.default_text)
        throw InputError(value.where, fmt::format("'{}' with {}: {} has no effect; {}: {} or no {} is expected",
                                                  value.text, other, now, other, wanted, name));
    }
}

/// Of the named library, where the scenario does not say it.
void set_wires(Scenario& scenario, const Given& given) {
  if (given.contains("technology.wire_capacitance")) return;
  for (const NamedLiberty& named : named_liberties())
    if (named.name == scenario.technology.name) scenario.technology.wire_f = named.wire_f_per_um;
  if (scenario.technology.wires == WireModel::estimate && scenario.technology.wire_f == 0)
    throw InputError(where(given, "technology.wires"),
                     fmt::format("'estimate' with library {}, whose wires are not known; technology.wire_capacitance "
                                 "is expected",
                                 scenario.technology.name));
}

/// As YAML writes any text without escapes: in single quotes, those within doubled.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

/// One line on the energy of DRAM and where it comes from.
std::string dram_note(const Scenario& scenario) {
  const Scenario::Dram& dram = scenario.dram;
  const DramPreset& preset = *find_dram_preset(dram.name);
  if (!dram.simple) {
    const DramEnergy& e = preset.device->energy;
    return fmt::format(
        "DRAM {}: {:.3g} nJ an activation, {:.3g} and {:.3g} nJ a burst of {} B read and written, {:.3g} "
        "nJ a refresh, {:.3g} mW a channel active, {:.3g} in power-down ({})",
        dram.name, e.activate_j * 1e9, e.read_j * 1e9, e.write_j * 1e9, preset.device->burst_bytes, e.refresh_j * 1e9,
        e.active_w * 1e3, e.active_power_down_w * 1e3, preset.device_source);
  }
  const bool as_published = preset.energy_per_byte == dram.energy_per_byte;
  return fmt::format("DRAM {:.3g} pJ/B without banks ({})", dram.energy_per_byte * 1e12,
                     as_published ? dram.name + ": " + preset.source : "from the scenario");
}

constexpr double vector_node = 45;  // nm, of the published energy

bool has_published_vector_energy(const Scenario& scenario) {
  return scenario.vector.energy_per_operation == Scenario::Vector{}.energy_per_operation;
}

/// Which nodes are added up. DRAM is a chip of its own; what the scenario gives is taken to be of the cells' node.
std::string nodes_note(const Scenario& scenario) {
  const double cells = logic_node(scenario), sram = sram_node(scenario.sram_node).nm;
  bool is_one = cells > 0;
  const auto part = [&](const char* name, double nm) {
    is_one = is_one && nm == cells;
    return nm > 0 ? fmt::format("{} {:g} nm", name, nm) : fmt::format("{} not known", name);
  };
  std::string parts = part("cells", cells);
  if (!scenario.weights.energy_given || !scenario.activations.energy_given || !scenario.outputs.energy_given)
    parts += ", " + part("SRAM", sram);
  if (has_published_vector_energy(scenario)) parts += ", " + part("vector unit", vector_node);
  return (is_one ? "one node is added up: " : "energies of several nodes are added up: ") + parts + "; DRAM apart";
}

}  // namespace

Scenario resolve_scenario(const RawScenario& file, std::span<const RawValue> overrides) {
  const Given given = collect(file, overrides);
  Scenario scenario;
  scenario.name = file.name;
  for (const ScenarioKey& key : scenario_keys()) {
    const auto found = given.find(key.name);
    if (found != given.end()) key.set(scenario, *found->second);
    else if (!key.derived) key.set(scenario, {key.name, key.default_text, "default of " + key.name, {}});
  }
  set_wires(scenario, given);
  set_sram_figures(scenario, !given.contains("memory.sram_node"));
  take_from_trained_network(scenario, given);
  check_weights_have_a_use(scenario, given);
  check_preprocessing(scenario, given);
  check_magnitudes(scenario, given);
  check_codes_fit_multipliers(scenario, given);
  check_file_keys(scenario, given);
  check_wide_codes(scenario, given);
  check_signs_are_held(scenario, given);
  check_second_weight_register(scenario, given);
  check_overrides_have_a_use(scenario, overrides);
  return scenario;
}

std::string scenario_as_yaml(const Scenario& scenario) {
  std::string text = fmt::format("# Every key of scenario {} as it was run.\n", scenario.name);
  for (const ScenarioKey& key : scenario_keys()) {
    const std::string value = key.get(scenario);
    if (!value.empty()) text += fmt::format("{}: {}\n", key.name, quoted(value));
  }
  return text;
}

std::string access_energy_note(const Scenario& scenario) {
  return fmt::format("{}; {}; vector unit {:.3g} pJ an operation ({}); {}", sram_note(scenario), dram_note(scenario),
                     scenario.vector.energy_per_operation * 1e12,
                     has_published_vector_energy(scenario) ? "int32 multiply and two adds, Horowitz, ISSCC 2014, 45 nm"
                                                           : "from the scenario",
                     nodes_note(scenario));
}

}  // namespace tram
