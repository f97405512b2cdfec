#include "models/cells/energy/multiplier_cost.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/cells/energy/cost_cache.hpp"
#include "models/cells/netlist/adder_cells.hpp"
#include "models/cells/timing/static_timing.hpp"
#include "models/support/parallel.hpp"

namespace tram {
namespace {

bool has_adders(const Netlist& netlist) {
  return count_gates(netlist, GateKind::half_adder) + count_gates(netlist, GateKind::full_adder) > 0;
}

}  // namespace

HardwareCost hardware_cost(const Netlist& multiplier, AdderCells adders, const std::string& script,
                           std::shared_ptr<const Library> library, const OperandStimulus& stimulus,
                           const CostOptions& options) {
  MultiplierMappingOptions mapping;
  mapping.adders = adders;
  mapping.script = script;
  mapping.delay_target = options.delay_target;
  mapping.cache_folder = options.cache_folder;
  const MappedNetlist netlist = map_multiplier(multiplier, std::move(library), mapping);
  HardwareCost cost;
  cost.adders = adders;
  cost.script = options.delay_target ? "by delay" : script;
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
  std::vector<AdderCells> kinds;
  const bool may_have_cells = options.adders == AdderCells::library;
  if (may_have_cells && ((has_adders(multiplier) && has_adder_cells(*library)) || options.only_these_adders))
    kinds.push_back(AdderCells::library);
  if (kinds.empty() || !options.only_these_adders) kinds.push_back(AdderCells::gates);
  const size_t scripts = options.delay_target ? 1 : options.scripts.size();
  std::vector<HardwareCost> costs(kinds.size() * scripts);
  parallel_for(static_cast<int64_t>(costs.size()), options.threads, [&](int64_t i) {
    const auto at = static_cast<size_t>(i);
    costs[at] =
        hardware_cost(multiplier, kinds[at / scripts], options.scripts[at % scripts], library, stimulus, options);
  });
  HardwareCost best = *std::ranges::min_element(costs, {}, &HardwareCost::energy);
  best.min_energy = best.max_energy = best.energy();
  for (const HardwareCost& cost : costs)
    if (cost.adders == best.adders) best.max_energy = std::max(best.max_energy, cost.energy());
  return best;
}

}  // namespace tram
