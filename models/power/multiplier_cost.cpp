#include "models/power/multiplier_cost.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/power/adder_cells.hpp"
#include "models/power/cost_cache.hpp"
#include "models/power/static_timing.hpp"

namespace tram {
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
  mapping.cache_folder = options.cache_folder;
  const MappedNetlist netlist = map_multiplier(multiplier, std::move(library), mapping);
  HardwareCost cost;
  cost.adders = adders;
  cost.cells = netlist.cells().size();
  cost.area = netlist.area();
  cost.critical_path = static_timing(netlist, options.power.timing).critical_path;
  MultiplierPowerOptions power = options.power;
  if (options.waits_to_settle) power.period = std::max(power.period, 1.01 * cost.critical_path);
  cost.period = power.period;

  const CacheEntry entry = cost_cache_entry(netlist, stimulus, power, options.cache_folder);
  if (read_cost_cache(entry, cost)) return cost;
  power.delays = DelayModel::zero;
  cost.zero_delay = multiplier_power(netlist, stimulus, power).total;
  power.delays = DelayModel::library;
  cost.with_glitches = multiplier_power(netlist, stimulus, power).total;
  write_cost_cache(entry, cost);
  return cost;
}

HardwareCost best_hardware_cost(const Netlist& multiplier, std::shared_ptr<const Library> library,
                                const OperandStimulus& stimulus, const CostOptions& options) {
  HardwareCost gates = hardware_cost(multiplier, AdderCells::gates, library, stimulus, options);
  if (options.adders == AdderCells::gates || !has_adders(multiplier) || !has_adder_cells(*library)) return gates;
  HardwareCost cells = hardware_cost(multiplier, AdderCells::library, library, stimulus, options);
  return gates.energy() < cells.energy() ? gates : cells;
}

}  // namespace tram
