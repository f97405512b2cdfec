#include "sim/app/multiplier_engines.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/import_multiplier.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/error.hpp"
#include "models/support/printable.hpp"
#include "sim/config/layer_multipliers.hpp"
#include "sim/engines/make_engine.hpp"

namespace tram {
namespace {

constexpr int pe_bits = 8;  // of its operands, at most

std::string title_of(const std::string& multiplier) { return std::filesystem::path(multiplier).filename().string(); }

MultiplierFileOptions file_options(const Scenario& scenario) {
  MultiplierFileOptions options;
  options.is_signed = scenario.multiplier_signed;
  options.swap_operands = scenario.multiplier_swap;
  return options;
}

/// How a file was read with the other sign than the codes have, and what runs it.
std::string sign_hint(const Scenario& scenario, const Netlist& multiplier, const std::vector<std::string>& notes) {
  const bool signed_codes = is_signed(scenario.quantise.codes);
  std::string text;
  for (const std::string& note : notes) text += fmt::format("; {}", note);
  return text + fmt::format("; quantise.codes: {} runs it so, multiplier_signed: {} reads it as {}",
                            multiplier.is_signed ? "signed" : "unsigned", signed_codes ? "yes" : "no",
                            signed_codes ? "signed" : "unsigned");
}

/// Signed codes need a multiplier of just their width; unsigned ones may be narrower than its operands.
void check_operands(const Scenario& scenario, const std::string& name, const Netlist& multiplier,
                    const std::vector<std::string>& notes) {
  const bool signed_codes = is_signed(scenario.quantise.codes);
  const int bits = scenario.quantise.bits, highest = signed_codes ? bits : pe_bits;
  const auto fits = [&](size_t width) { return int(width) >= bits && int(width) <= highest; };
  if (multiplier.is_signed == signed_codes && fits(multiplier.a.size()) && fits(multiplier.b.size())) return;
  const std::string widths = bits == highest ? fmt::format("{}", bits) : fmt::format("{} to {}", bits, highest);
  throw InputError(
      name == scenario.multiplier ? "multiplier" : "multiplier_layers",
      fmt::format(
          "'{}' has {} operands of {} x {} bits; {} ones of {} bits, for quantise.codes: "
          "{} and quantise.bits: {}, are expected{}",
          title_of(name), multiplier.is_signed ? "signed" : "unsigned", multiplier.a.size(), multiplier.b.size(),
          name_of(scenario.quantise.codes), widths, name_of(scenario.quantise.codes), bits,
          is_netlist_file(name) && multiplier.is_signed != signed_codes ? sign_hint(scenario, multiplier, notes) : ""));
}

std::string mapping_text(const HardwareCost& cost) {
  return fmt::format(" (ABC's script {}; others up to {:.1f} % more)", cost.script, 100 * cost.spread());
}

}  // namespace

const MultiplierEngine& MultiplierEngines::get(const std::string& multiplier) {
  const auto found = engines_.find(multiplier);
  if (found != engines_.end()) return found->second;
  const bool is_exact = multiplier == "exact";
  std::vector<std::string> notes;
  MultiplierEngine made{printable(title_of(multiplier)),
                        is_exact ? exact().netlist : find_multiplier(multiplier, file_options(scenario_), notes),
                        nullptr};
  check_operands(scenario_, multiplier, made.multiplier, notes);
  notes_.insert(notes_.end(), notes.begin(), notes.end());
  Scenario own = scenario_;
  if (computes_values(scenario_.engine)) {
    const HardwareCost cost = is_exact ? exact().cost : reference_cost(made.multiplier);
    own.technology.adders = cost.adders;  // the exact one may be cheaper of gates
    own.technology.script = cost.script;
  }
  const auto a = static_cast<int>(made.multiplier.a.size()), b = static_cast<int>(made.multiplier.b.size());
  made.engine = make_engine(own, widen(made.multiplier, a, b), library_, seed_, threads_);  // a product of a + b bits
  return engines_.emplace(multiplier, std::move(made)).first->second;
}

const ExactMultiplier& MultiplierEngines::exact() {
  if (exact_) return *exact_;
  const int bits = scenario_.quantise.bits;
  const bool signed_codes = is_signed(scenario_.quantise.codes);
  if (!computes_values(scenario_.engine)) {
    exact_.emplace().netlist = build_multiplier(exact_structure(bits, bits, signed_codes));
  } else {
    exact_ =
        exact_multipliers(bits, bits, signed_codes, library_, reference_stimulus(bits, bits), cost_options()).front();
  }
  return *exact_;
}

CostOptions MultiplierEngines::cost_options() const {
  CostOptions options = reference_cost_options(1 / scenario_.array.clock_hz, scenario_.technology.adders);
  if (scenario_.technology.script) options.scripts = {*scenario_.technology.script};
  options.threads = threads_;
  return options;
}

HardwareCost MultiplierEngines::reference_cost(const Netlist& multiplier) const {
  const auto bits = [](const std::vector<Net>& operand) { return static_cast<int>(operand.size()); };
  CostOptions options = cost_options();
  options.only_these_adders = true;
  return best_hardware_cost(multiplier, library_, reference_stimulus(bits(multiplier.a), bits(multiplier.b)), options);
}

std::vector<MultiplierFigures> MultiplierEngines::figures(std::span<const std::string> multipliers) {
  std::vector<MultiplierFigures> all;
  if (!computes_values(scenario_.engine)) return all;
  for (const std::string& name : multipliers) {
    if (name == "exact") continue;
    const Netlist& netlist = get(name).multiplier;
    const HardwareCost cost = reference_cost(netlist);
    all.push_back({get(name).name,
                   escaped(adders_text(netlist, *library_, scenario_.technology.adders) + mapping_text(cost)),
                   cost.zero_delay_energy(), cost.energy()});
  }
  const HardwareCost& cost = exact().cost;
  all.push_back({"exact", exact().circuit + mapping_text(cost), cost.zero_delay_energy(), cost.energy()});
  return all;
}

std::vector<MultiplierRule> multiplier_rules(const Scenario& scenario) {
  std::vector<MultiplierRule> rules{{scenario.multiplier_scope, scenario.multiplier}};
  for (const LayerMultiplier& layer : scenario.multiplier_layers) rules.push_back({layer.layers, layer.multiplier});
  return rules;
}

std::string circuits_note(const MultiplierAssignment& assignment) {
  if (assignment.multipliers.size() < 2) return {};
  std::vector<std::string> parts;
  for (size_t i = 0; i < assignment.multipliers.size(); ++i) {
    const auto layers = std::ranges::count(assignment.of_step, static_cast<int>(i));
    parts.push_back(fmt::format("{} in {} layer{}", printable(title_of(assignment.multipliers[i])), layers,
                                layers == 1 ? "" : "s"));
  }
  return fmt::format(
      "Multipliers by layer: {}; each layer's energy, leakage included, is that of an array of its own "
      "circuit",
      fmt::join(parts, ", "));
}

}  // namespace tram
