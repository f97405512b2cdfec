#include "sim/app/circuits.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "models/multiplier/catalogue.hpp"
#include "sim/config/layer_multipliers.hpp"
#include "sim/engines/make_engine.hpp"

namespace tram {
namespace {

std::string name_of(const std::string& multiplier) { return std::filesystem::path(multiplier).filename().string(); }

}  // namespace

const Circuit& CircuitShelf::get(const std::string& multiplier) {
  const auto found = circuits_.find(multiplier);
  if (found != circuits_.end()) return found->second;
  Circuit circuit{name_of(multiplier), find_multiplier(multiplier), nullptr};
  circuit.engine = make_engine(scenario_, circuit.multiplier, library_, seed_);
  return circuits_.emplace(multiplier, std::move(circuit)).first->second;
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
    parts.push_back(fmt::format("{} in {} layer{}", name_of(assignment.multipliers[i]), layers,
                                layers == 1 ? "" : "s"));
  }
  return fmt::format("Multipliers by layer: {}; each layer's energy, leakage included, is that of an array of its own "
                     "circuit", fmt::join(parts, ", "));
}

}  // namespace tram
