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

/// A multiplier may be wider than the codes, to the widest PE.
void check_operands(const Scenario& scenario, const std::string& name, const Netlist& multiplier, OperandBits bits,
                    const std::vector<std::string>& notes) {
  const bool signed_codes = is_signed(scenario.quantise.codes);
  const auto fits = [](size_t width, int least) { return int(width) >= least && int(width) <= pe_bits; };
  if (multiplier.is_signed == signed_codes && fits(multiplier.a.size(), bits.weights) &&
      fits(multiplier.b.size(), bits.activations))
    return;
  const auto text = [](int least) {
    return least == pe_bits ? fmt::format("{}", least) : fmt::format("{} to {}", least, pe_bits);
  };
  const bool is_square = bits.weights == bits.activations;
  const std::string widths =
      is_square ? text(bits.weights) : fmt::format("{} x {}", text(bits.weights), text(bits.activations));
  const std::string codes = is_square ? fmt::format("quantise.bits: {}", bits.weights)
                                      : fmt::format("codes of {} x {} bits", bits.weights, bits.activations);
  throw InputError(
      name == scenario.multiplier ? "multiplier" : "multiplier_layers",
      fmt::format(
          "'{}' has {} operands of {} x {} bits; {} ones of {} bits, for quantise.codes: {} and {}, are expected{}",
          title_of(name), multiplier.is_signed ? "signed" : "unsigned", multiplier.a.size(), multiplier.b.size(),
          name_of(scenario.quantise.codes), widths, name_of(scenario.quantise.codes), codes,
          is_netlist_file(name) && multiplier.is_signed != signed_codes ? sign_hint(scenario, multiplier, notes) : ""));
}

std::string mapping_text(const HardwareCost& cost) {
  return fmt::format(" (ABC's script {}; others up to {:.1f} % more)", cost.script, 100 * cost.spread());
}

}  // namespace

std::string title_of(const std::string& multiplier) { return std::filesystem::path(multiplier).filename().string(); }

/// The multiplier without its engine.
MultiplierEngine MultiplierEngines::read(const std::string& multiplier, OperandBits bits) {
  std::vector<std::string> notes;
  const std::string name = printable(title_of(multiplier));
  MultiplierEngine made{name, {}, nullptr};
  if (multiplier == "exact") made.multiplier = exact(bits).netlist;
  else
    made.multiplier =
        find_multiplier(name_at_widths(multiplier, bits.weights, bits.activations), file_options(scenario_), notes);
  check_operands(scenario_, multiplier, made.multiplier, bits, notes);
  for (const std::string& note : notes)
    if (std::ranges::find(notes_, note) == notes_.end()) notes_.push_back(note);
  return made;
}

void MultiplierEngines::prepare(const std::string& multiplier) {
  const OperandBits bits = scenario_.quantise.operands();
  if (scenario_.quantise.layer_bits.empty() && bits.weights == bits.activations) get(multiplier, bits);
  else if (multiplier != "exact") read(multiplier, bits);
}

const MultiplierEngine& MultiplierEngines::get(const std::string& multiplier, OperandBits bits) {
  const Key key{multiplier, bits.weights, bits.activations};
  const auto found = engines_.find(key);
  if (found != engines_.end()) return found->second;
  MultiplierEngine made = read(multiplier, bits);
  Scenario own = scenario_;
  if (computes_values(scenario_.engine)) {
    const HardwareCost cost = multiplier == "exact" ? exact(bits).cost : reference_cost(made.multiplier);
    own.technology.adders = cost.adders;  // the exact one may be cheaper of gates
    own.technology.script = cost.script;
  }
  const auto a = static_cast<int>(made.multiplier.a.size()), b = static_cast<int>(made.multiplier.b.size());
  made.engine = make_engine(own, widen(made.multiplier, a, b), library_, seed_, threads_);  // a product of a + b bits
  return engines_.emplace(key, std::move(made)).first->second;
}

const ExactMultiplier& MultiplierEngines::exact(OperandBits bits) {
  const auto [found, is_new] = exact_.try_emplace({"exact", bits.weights, bits.activations});
  if (!is_new) return found->second;
  const bool signed_codes = is_signed(scenario_.quantise.codes);
  if (!computes_values(scenario_.engine)) {
    found->second.netlist = build_multiplier(exact_structure(bits.weights, bits.activations, signed_codes));
  } else {
    found->second = exact_multipliers(bits.weights, bits.activations, signed_codes, library_,
                                      reference_stimulus(bits.weights, bits.activations), cost_options())
                        .front();
  }
  return found->second;
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

std::vector<MultiplierFigures> MultiplierEngines::figures(const MultiplierAssignment& assignment, OperandBits widest) {
  std::vector<MultiplierFigures> all;
  if (!computes_values(scenario_.engine)) return all;
  for (size_t i = 0; i < assignment.multipliers.size(); ++i) {
    if (assignment.multipliers[i] == "exact") continue;
    const MultiplierEngine& engine = get(assignment.multipliers[i], assignment.bits[i]);
    if (std::ranges::find(all, engine.name, &MultiplierFigures::name) != all.end()) continue;
    const HardwareCost cost = reference_cost(engine.multiplier);
    all.push_back({engine.name,
                   escaped(adders_text(engine.multiplier, *library_, scenario_.technology.adders) + mapping_text(cost)),
                   cost.zero_delay_energy(), cost.energy()});
  }
  const ExactMultiplier& best = exact(widest);
  all.push_back({"exact", best.circuit + mapping_text(best.cost), best.cost.zero_delay_energy(), best.cost.energy()});
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
    const std::string name = printable(title_of(assignment.multipliers[i]));
    const bool has_widths = std::ranges::count(assignment.multipliers, assignment.multipliers[i]) > 1;
    const std::string widths =
        fmt::format(" of {} x {} bits", assignment.bits[i].weights, assignment.bits[i].activations);
    parts.push_back(fmt::format("{}{} in {} layer{}", name, has_widths ? widths : "", layers, layers == 1 ? "" : "s"));
  }
  return fmt::format(
      "Multipliers by layer: {}; each layer's energy, leakage included, is that of an array of its own "
      "circuit",
      fmt::join(parts, ", "));
}

}  // namespace tram
