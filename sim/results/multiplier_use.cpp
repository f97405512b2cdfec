#include "sim/results/multiplier_use.hpp"

#include "sim/results/summary.hpp"

namespace tram {
namespace {

/// J a MAC of the layers of `summary` whose multipliers in `by`, a machine with the same layers, are such.
template <typename IsSuch>
std::optional<double> joule_per_mac(const MachineSummary& summary, const MachineSummary& by, const IsSuch& is_such) {
  double joule = 0, macs = 0;
  for (size_t i = 0; i < by.layers.size() && i < summary.layers.size(); ++i) {
    if (!is_such(by.layers[i].multiplier)) continue;
    joule += summary.layers[i].energy.multiplier;
    macs += summary.layers[i].macs;
  }
  if (macs == 0) return std::nullopt;
  return joule / macs;
}

}  // namespace

std::vector<MultiplierUse> multiplier_uses(const RunResult& run) {
  const MachineSummary machine = summarise(run.machine);
  const MachineResult* const exact = exact_machine(run);
  const MachineSummary beside = exact ? summarise(*exact) : MachineSummary{};
  std::vector<MultiplierUse> uses;
  for (const MultiplierFigures& figures : run.multipliers) {
    const MultiplierFigures& best = run.multipliers.back();
    const MachineSummary& own = exact && figures.name == "exact" ? beside : machine;
    const auto is_it = [&](const std::string& name) { return name == figures.name; };
    MultiplierUse use{figures, figures.zero_delay_j / best.zero_delay_j, figures.with_glitches_j / best.with_glitches_j,
                      joule_per_mac(own, own, is_it), std::nullopt};
    const std::optional<double> exactly = joule_per_mac(beside, own, is_it);
    if (use.run_j && exactly && *exactly > 0) use.run_ratio = *use.run_j / *exactly;
    uses.push_back(use);
  }
  return uses;
}

std::optional<double> approximate_run_j(const RunResult& run) {
  const MachineSummary machine = summarise(run.machine);
  return joule_per_mac(machine, machine, [](const std::string& name) { return name != "exact"; });
}

}  // namespace tram
