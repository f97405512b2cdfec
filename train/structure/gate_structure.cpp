#include "train/structure/gate_structure.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/multiplier/structure/mapping.hpp"

namespace tram::train {
namespace {

constexpr float kept_from = 0.5F;

GatePower published_power(const SoftTree& tree) {
  GatePower power{1, std::vector<float>(tree.gates(), 1.0F),
                  std::vector<float>(tree.partial_products(), PublishedCosts::and_gate)};
  for (size_t adder = 0; adder < tree.adders(); ++adder) {
    const double cost = tree.is_half_adder(adder) ? PublishedCosts::half_adder : PublishedCosts::full_adder;
    power.slopes.insert(power.slopes.end(), 2, static_cast<float>(cost) / 2);
  }
  const float all = std::accumulate(power.slopes.begin(), power.slopes.end(), 0.0F);
  for (float& slope : power.slopes) slope /= all;
  return power;
}

}  // namespace

GatePower measured_power(const GlitchEnergy& energy, const MultiplierStructure& structure, int threads) {
  const MarginalEnergies marginal = marginal_energies(energy, structure, threads);
  GatePower power{marginal.energy, {}, {}};
  const auto add = [&](NetState state, double slope) {
    power.values.push_back(state == NetState::keep ? 1.0F : 0.0F);
    power.slopes.push_back(static_cast<float>(std::max(slope, 0.0)));
  };
  for (size_t dot = 0; dot < structure.partial_products.size(); ++dot)
    add(structure.partial_products[dot], marginal.partial_products[dot]);
  for (size_t adder = 0; adder < structure.adders.size(); ++adder) {
    add(structure.adders[adder].sum, marginal.sums[adder]);
    add(structure.adders[adder].carry, marginal.carries[adder]);
  }
  return power;
}

GateStructure::GateStructure(NetworkParameters& parameters, const Options& options)
    : GateStructure(parameters, options, SoftTree(operand_bits(parameters), options.accumulation)) {}

GateStructure::GateStructure(NetworkParameters& parameters, const Options& options, SoftTree tree)
    : StructureModel(parameters, "gates", static_cast<int64_t>(tree.gates()) + 1, options.shares, options.threads),
      options_(options), tree_(std::move(tree)), power_(table_count(), published_power(tree_)) {}

bool GateStructure::is_trained(size_t gate) const {
  if (gate < tree_.partial_products()) return options_.partial_products;
  if (gate == tree_.gates()) return options_.constant;
  return (gate - tree_.partial_products()) % 2 == 0 ? options_.sums : options_.carries;
}

void GateStructure::initialise_table(std::span<float> values) const {
  std::ranges::fill(values, 1.0F);
  values.back() = 0;
}

void GateStructure::table(std::span<const float> values, std::span<float> products) const {
  tree_.forward(values.first(tree_.gates()), products);
  const float constant = std::ldexp(values.back(), bits());
  for (float& product : products) product += constant;
}

void GateStructure::add_table_gradient(std::span<const float> values, std::span<const float> products_gradient,
                                       std::span<float> gradient) const {
  std::vector<float> all(values.size(), 0.0F);
  tree_.backward(values.first(tree_.gates()), products_gradient, std::span(all).first(tree_.gates()));
  const double sum = std::accumulate(products_gradient.begin(), products_gradient.end(), 0.0);
  all.back() = static_cast<float>(std::ldexp(sum, bits()));
  for (size_t gate = 0; gate < all.size(); ++gate)
    if (is_trained(gate)) gradient[gate] += all[gate];
}

double GateStructure::table_power(size_t table, std::span<const float> values) const {
  const GatePower& power = power_[table];
  double sum = power.power;
  for (size_t gate = 0; gate < power.slopes.size(); ++gate)
    sum += double{power.slopes[gate]} * (values[gate] - power.values[gate]);
  return sum;
}

void GateStructure::add_table_power_gradient(size_t table, std::span<const float>, float weight,
                                             std::span<float> gradient) const {
  for (size_t gate = 0; gate < power_[table].slopes.size(); ++gate)
    if (is_trained(gate)) gradient[gate] += weight * power_[table].slopes[gate];
}

void GateStructure::project_table(std::span<float> values) const {
  for (float& gate : values.first(tree_.gates())) gate = std::clamp(gate, 0.0F, 1.0F);
}

MultiplierStructure GateStructure::structure(std::span<const float> values) const {
  MultiplierStructure s = exact_structure(bits(), bits(), false, options_.accumulation, TreeForm::full);
  const auto state = [&](size_t gate) { return values[gate] >= kept_from ? NetState::keep : NetState::zero; };
  for (size_t dot = 0; dot < tree_.partial_products(); ++dot) s.partial_products[dot] = state(dot);
  for (size_t adder = 0; adder < tree_.adders(); ++adder) {
    const size_t gate = tree_.partial_products() + 2 * adder;
    s.adders[adder] = {state(gate), state(gate + 1)};
  }
  return s;
}

}  // namespace tram::train
