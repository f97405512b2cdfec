#include "rtl/axm/characterise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "models/multiplier/structure/structure.hpp"
#include "models/power/adder_cells.hpp"
#include "models/power/static_timing.hpp"
#include "models/support/parallel.hpp"

namespace tram::axm {
namespace {

bool has_adders(const Netlist& netlist) {
  return count_gates(netlist, GateKind::half_adder) + count_gates(netlist, GateKind::full_adder) > 0;
}

bool has_adder_cells(const Library& library) {
  return find_adder_cell(library, 2).has_value() || find_adder_cell(library, 3).has_value();
}

}  // namespace

HardwareCost hardware_cost(const Netlist& multiplier, AdderCells adders, std::shared_ptr<const Library> library,
                           const OperandStimulus& stimulus, const CostOptions& options) {
  MultiplierMappingOptions mapping;
  mapping.adders = adders;
  mapping.delay_target = options.delay_target;
  const MappedNetlist netlist = map_multiplier(multiplier, std::move(library), mapping);
  HardwareCost cost;
  cost.adders = adders;
  cost.cells = netlist.cells().size();
  cost.area = netlist.area();
  cost.critical_path = static_timing(netlist, options.power.timing).critical_path;
  MultiplierPowerOptions power = options.power;
  power.delays = DelayModel::zero;
  cost.zero_delay = multiplier_power(netlist, stimulus, power);
  power.delays = DelayModel::library;
  cost.with_glitches = multiplier_power(netlist, stimulus, power);
  return cost;
}

HardwareCost best_hardware_cost(const Netlist& multiplier, std::shared_ptr<const Library> library,
                                const OperandStimulus& stimulus, const CostOptions& options) {
  HardwareCost gates = hardware_cost(multiplier, AdderCells::gates, library, stimulus, options);
  if (!has_adders(multiplier) || !has_adder_cells(*library)) return gates;
  HardwareCost cells = hardware_cost(multiplier, AdderCells::library, library, stimulus, options);
  return gates.energy() < cells.energy() ? gates : cells;
}

std::vector<ExactMultiplier> exact_multipliers(int a_bits, int b_bits, bool is_signed,
                                               std::shared_ptr<const Library> library,
                                               const OperandStimulus& stimulus, const CostOptions& options,
                                               int threads) {
  constexpr std::pair<const char*, Accumulation> trees[] = {
      {"exact array", Accumulation::array},
      {"exact Wallace", Accumulation::wallace},
      {"exact Dadda", Accumulation::dadda}};
  std::vector<ExactMultiplier> all(std::size(trees));
  parallel_for(static_cast<int64_t>(all.size()), threads, [&](int64_t i) {
    const Netlist netlist = build_multiplier(exact_structure(a_bits, b_bits, is_signed, trees[i].second));
    const HardwareCost cost = best_hardware_cost(netlist, library, stimulus, options);
    all[i] = {fmt::format("{}, {}", trees[i].first, cost.adders == AdderCells::gates ? "gates" : "adder cells"), cost};
  });
  std::ranges::stable_sort(all, {}, [](const ExactMultiplier& exact) { return exact.cost.energy(); });
  return all;
}

std::vector<size_t> non_dominated(const std::vector<std::pair<double, double>>& error_and_cost) {
  std::vector<size_t> order(error_and_cost.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return error_and_cost[i]; });
  std::vector<size_t> front;
  double least_cost = std::numeric_limits<double>::infinity();
  for (const size_t i : order) {
    if (error_and_cost[i].second >= least_cost) continue;
    least_cost = error_and_cost[i].second;
    front.push_back(i);
  }
  return front;
}

}  // namespace tram::axm
