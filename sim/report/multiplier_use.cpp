#include "sim/report/multiplier_use.hpp"

#include "sim/report/summary.hpp"

namespace tram {
namespace {

/// J a MAC of the layers of `summary` that have the multiplier in `by`, a machine with the same layers.
std::optional<double> joule_per_mac(const MachineSummary& summary, const MachineSummary& by, const std::string& name) {
  double joule = 0, macs = 0;
  for (size_t i = 0; i < by.layers.size() && i < summary.layers.size(); ++i) {
    if (by.layers[i].multiplier != name) continue;
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
    MultiplierUse use{figures, figures.zero_delay_j / best.zero_delay_j, figures.with_glitches_j / best.with_glitches_j,
                      joule_per_mac(own, own, figures.name), std::nullopt};
    const std::optional<double> exactly = joule_per_mac(beside, own, figures.name);
    if (use.run_j && exactly && *exactly > 0) use.run_ratio = *use.run_j / *exactly;
    uses.push_back(use);
  }
  return uses;
}

}  // namespace tram
