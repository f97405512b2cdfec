#include "rtl/axm/characterise.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "models/multiplier/structure/structure.hpp"
#include "models/power/static_timing.hpp"
#include "models/support/parallel.hpp"

namespace tram::axm {
namespace {

bool has_adders(const Netlist& netlist) {
  return count_gates(netlist, GateKind::half_adder) + count_gates(netlist, GateKind::full_adder) > 0;
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
  HardwareCost cells = hardware_cost(multiplier, AdderCells::library, library, stimulus, options);
  if (!has_adders(multiplier)) return cells;
  HardwareCost gates = hardware_cost(multiplier, AdderCells::gates, library, stimulus, options);
  return gates.energy() < cells.energy() ? gates : cells;
}

std::vector<ExactMultiplier> exact_multipliers(int a_bits, int b_bits, bool is_signed,
                                               std::shared_ptr<const Library> library,
                                               const OperandStimulus& stimulus, const CostOptions& options,
                                               int threads) {
  struct Kind {
    const char* name;
    Accumulation accumulation;
    AdderCells adders;
  };
  constexpr Kind kinds[] = {
      {"exact array, adder cells", Accumulation::array, AdderCells::library},
      {"exact array, gates", Accumulation::array, AdderCells::gates},
      {"exact Wallace, adder cells", Accumulation::wallace, AdderCells::library},
      {"exact Wallace, gates", Accumulation::wallace, AdderCells::gates},
      {"exact Dadda, adder cells", Accumulation::dadda, AdderCells::library},
      {"exact Dadda, gates", Accumulation::dadda, AdderCells::gates},
  };
  std::vector<ExactMultiplier> all(std::size(kinds));
  parallel_for(static_cast<int64_t>(all.size()), threads, [&](int64_t i) {
    const Netlist netlist = build_multiplier(exact_structure(a_bits, b_bits, is_signed, kinds[i].accumulation));
    all[i] = {kinds[i].name, hardware_cost(netlist, kinds[i].adders, library, stimulus, options)};
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
