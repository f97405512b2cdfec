#include "sim/app/circuits.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "models/multiplier/catalogue.hpp"
#include "models/multiplier/structure/structure.hpp"
#include "models/support/error.hpp"
#include "models/support/printable.hpp"
#include "sim/config/layer_multipliers.hpp"
#include "sim/engines/make_engine.hpp"

namespace tram {
namespace {

constexpr int pe_bits = 8;   // of its operands

std::string name_of(const std::string& multiplier) { return std::filesystem::path(multiplier).filename().string(); }

/// Signed codes need a multiplier of just their width; unsigned ones may be narrower than its operands.
void check_operands(const Scenario& scenario, const std::string& name, const Netlist& multiplier) {
  const bool is_signed = scenario.quantise.codes == "signed";
  const int bits = scenario.quantise.bits, highest = is_signed ? bits : pe_bits;
  const auto fits = [&](size_t width) { return int(width) >= bits && int(width) <= highest; };
  if (multiplier.is_signed == is_signed && fits(multiplier.a.size()) && fits(multiplier.b.size())) return;
  const std::string widths = bits == highest ? fmt::format("{}", bits) : fmt::format("{} to {}", bits, highest);
  throw InputError(name == scenario.multiplier ? "multiplier" : "multiplier_layers",
                   fmt::format("'{}' has {} operands of {} x {} bits; expected {} ones of {} bits, for quantise.codes: "
                               "{} and quantise.bits: {}", name_of(name), multiplier.is_signed ? "signed" : "unsigned",
                               multiplier.a.size(), multiplier.b.size(), scenario.quantise.codes, widths,
                               scenario.quantise.codes, bits));
}

}  // namespace

const Circuit& CircuitShelf::get(const std::string& multiplier) {
  const auto found = circuits_.find(multiplier);
  if (found != circuits_.end()) return found->second;
  const bool is_exact = multiplier == "exact";
  Circuit circuit{printable(name_of(multiplier)), is_exact ? exact().netlist : find_multiplier(multiplier), nullptr};
  check_operands(scenario_, multiplier, circuit.multiplier);
  Scenario own = scenario_;   // the exact one may be cheaper of gates
  if (is_exact) own.technology.adders = to_string(exact().cost.adders);
  circuit.engine = make_engine(own, widen(circuit.multiplier, pe_bits, pe_bits), library_, seed_, threads_);
  return circuits_.emplace(multiplier, std::move(circuit)).first->second;
}

AdderCells CircuitShelf::adders() const {
  return parse_adder_cells(scenario_.technology.adders, "technology.adders");
}

const ExactMultiplier& CircuitShelf::exact() {
  if (exact_) return *exact_;
  const int bits = scenario_.quantise.bits;
  const bool is_signed = scenario_.quantise.codes == "signed";
  if (scenario_.engine == "timing") {
    exact_.emplace().netlist = build_multiplier(exact_structure(bits, bits, is_signed));
  } else {
    exact_ = best_exact_multiplier(bits, is_signed, library_, adders(), 1 / scenario_.array.clock_hz, threads_);
  }
  return *exact_;
}

HardwareCost CircuitShelf::reference_cost(const Netlist& multiplier) const {
  const auto bits = [](const std::vector<Net>& operand) { return static_cast<int>(operand.size()); };
  return hardware_cost(multiplier, adders(), library_, reference_stimulus(bits(multiplier.a), bits(multiplier.b)),
                       reference_cost_options(1 / scenario_.array.clock_hz, adders()));
}

std::vector<MultiplierFigures> CircuitShelf::figures(std::span<const std::string> multipliers) {
  std::vector<MultiplierFigures> all;
  if (scenario_.engine == "timing") return all;
  for (const std::string& name : multipliers) {
    if (name == "exact") continue;
    const Netlist& netlist = get(name).multiplier;
    const HardwareCost cost = reference_cost(netlist);
    all.push_back({get(name).name, escaped(adders_text(netlist, *library_, adders())), cost.zero_delay_energy(),
                   cost.energy()});
  }
  const HardwareCost& cost = exact().cost;
  all.push_back({"exact", exact().circuit, cost.zero_delay_energy(), cost.energy()});
  return all;
}

std::vector<MultiplierRule> multiplier_rules(const Scenario& scenario) {
  std::vector<MultiplierRule> rules{{scenario.multiplier_scope, scenario.multiplier}};
  for (const LayerMultiplier& layer : split_layer_multipliers(scenario.multiplier_layers))
    rules.push_back({layer.layers, layer.multiplier});
  return rules;
}

std::string circuits_note(const MultiplierAssignment& assignment) {
  if (assignment.multipliers.size() < 2) return {};
  std::vector<std::string> parts;
  for (size_t i = 0; i < assignment.multipliers.size(); ++i) {
    const auto layers = std::ranges::count(assignment.of_step, static_cast<int>(i));
    parts.push_back(fmt::format("{} in {} layer{}", printable(name_of(assignment.multipliers[i])), layers,
                                layers == 1 ? "" : "s"));
  }
  return fmt::format("Multipliers by layer: {}; each layer's energy, leakage included, is that of an array of its own "
                     "circuit", fmt::join(parts, ", "));
}

}  // namespace tram
