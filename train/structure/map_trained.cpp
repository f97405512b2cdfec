#include "train/structure/map_trained.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "models/support/error.hpp"
#include "models/support/parallel.hpp"
#include "train/structure/lazy_greedy.hpp"
#include "train/structure/removed_parts.hpp"

namespace tram::train {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int refined_starts = 2;           // of the best
constexpr int least_percent = 95, most_percent = 110;  // of the budget: what synthesis may bring within it
constexpr size_t kept_a_percent = 4;
constexpr double uncertainty = 0.02;        // of quick energies against synthesised ones, beyond what was met
constexpr double least_improvement = 1e-9;  // relative: rounding decides nothing

class Mapper {
 public:
  Mapper(const ErrorForm& error, const GlitchEnergy& energy, const TrainedMappingOptions& options)
      : error_(error), energy_(energy), options_(options), exact_(error) {}

  TrainedMapping run();

 private:
  struct State {
    RemovedParts parts;
    double energy;
  };
  static double error_of(const State& state) { return state.parts.error(); }

  std::vector<RemovedParts> starts() const;
  double measure(const RemovedParts& parts);
  void measure_savings(const State& state);
  std::optional<State> step(const State& state, int kept);
  bool descend(State& state, double worst_error, int kept);
  void fill(State& state);
  bool exchange(State& best);
  void note(const State& state);
  TrainedMapping chosen(const State& best) const;

  const ErrorForm& error_;
  const GlitchEnergy& energy_;
  const TrainedMappingOptions& options_;
  RemovedParts exact_;
  std::map<Change, double> saved_;                  ///< as last measured
  std::map<std::vector<int>, double> measured_;     ///< by what became of the partial products
  std::map<int, std::vector<State>> met_;           ///< by percent of the budget: those of least error
  int steps_ = 0;
};

/// Keeps what is near the budget.
void Mapper::note(const State& state) {
  const int percent = static_cast<int>(std::ceil(100 * state.energy / options_.energy_budget));
  if (options_.synthesised == 0 || percent < least_percent || percent > most_percent) return;
  std::vector<State>& alike = met_[percent];
  for (const State& other : alike)
    if (other.parts.dots() == state.parts.dots()) return;
  alike.push_back(state);
  std::ranges::stable_sort(alike, {}, error_of);
  if (alike.size() > kept_a_percent) alike.pop_back();
}

double Mapper::measure(const RemovedParts& parts) {
  const auto known = measured_.find(parts.dots());
  if (known != measured_.end()) return known->second;
  const double energy = energy_.quick(parts.structure(options_.accumulation)) / energy_.quick_exact_energy();
  return measured_[parts.dots()] = energy;
}

/// The savings of all changes, to begin with.
void Mapper::measure_savings(const State& state) {
  const std::vector<Change> all = state.parts.changes(-1, options_.or_pairs);
  std::vector<double> energies(all.size());
  parallel_for(static_cast<int64_t>(all.size()), options_.threads, [&](int64_t i) {
    const MultiplierStructure structure = state.parts.after(all[i]).structure(options_.accumulation);
    energies[i] = energy_.quick(structure) / energy_.quick_exact_energy();
  });
  for (size_t i = 0; i < all.size(); ++i) {
    measured_[state.parts.after(all[i]).dots()] = energies[i];
    saved_[all[i]] = state.energy - energies[i];
  }
}

/// The state after the best change; nothing when none saves energy.
std::optional<Mapper::State> Mapper::step(const State& state, int kept) {
  const std::vector<Change> all = state.parts.changes(kept, options_.or_pairs);
  std::vector<ChangeValue> values;
  for (const Change& change : all) {
    const auto known = saved_.find(change);
    values.push_back({state.parts.increase(change), known == saved_.end() ? 1.0 : known->second});
  }
  const auto best = least_price(values, [&](size_t i) {
    return saved_[all[i]] = state.energy - measure(state.parts.after(all[i]));
  });
  if (!best) return std::nullopt;
  return State{state.parts.after(all[*best]), state.energy - values[*best].saved};
}

/// Steps until the budget is met; false when that cannot be, or not below this error.
bool Mapper::descend(State& state, double worst_error, int kept) {
  while (state.energy > options_.energy_budget) {
    auto next = step(state, kept);
    if (!next || next->parts.error() >= worst_error) return false;
    state = std::move(*next);
    note(state);
    ++steps_;
  }
  return true;
}

/// Puts back what the budget allows, what lowers the error most first. Of what saved much more than is left when it was
/// last removed, the energy is not measured again.
void Mapper::fill(State& state) {
  for (bool is_found = true; is_found;) {
    is_found = false;
    const double most = 2 * (options_.energy_budget - state.energy) + least_saving;
    std::vector<std::pair<double, int>> order;  // error after it, partial product
    for (int dot = 0; dot < static_cast<int>(state.parts.dots().size()); ++dot) {
      const auto known = saved_.find({Change::Kind::remove, dot, -1});
      if (known != saved_.end() && known->second > most) continue;
      const auto next = state.parts.with(dot);
      if (next && next->error() < state.parts.error() * (1 - least_improvement))
        order.emplace_back(next->error(), dot);
    }
    std::ranges::sort(order);
    for (size_t i = 0; i < order.size() && !is_found; ++i) {
      const RemovedParts next = *state.parts.with(order[i].second);
      const double energy = measure(next);
      is_found = energy <= options_.energy_budget;
      if (is_found) note(state = {next, energy});
    }
    steps_ += is_found ? 1 : 0;
  }
}

/// Puts each partial product back in turn and removes others instead; keeps what is better. Says whether anything was.
bool Mapper::exchange(State& best) {
  bool is_better = false;
  for (int dot = 0; dot < static_cast<int>(best.parts.dots().size()); ++dot) {
    const auto with = best.parts.with(dot);
    if (!with) continue;
    State state{*with, measure(*with)};
    if (!descend(state, infinity, dot)) continue;
    fill(state);
    if (state.parts.error() >= best.parts.error() * (1 - least_improvement)) continue;
    best = std::move(state);
    is_better = true;
  }
  return is_better;
}

/// The exact tree, and it with the lowest columns removed.
std::vector<RemovedParts> Mapper::starts() const {
  std::vector<RemovedParts> all;
  RemovedParts parts = exact_;
  const int bits = error_.bits();
  all.push_back(parts);
  for (int column = 0; column < 2 * bits - 1; ++column) {
    for (int i = 0; i < bits; ++i)
      if (const int j = column - i; j >= 0 && j < bits)
        parts = parts.after({Change::Kind::remove, i * bits + j, -1});
    all.push_back(parts);
  }
  return all;
}

TrainedMapping Mapper::run() {
  if (!(options_.energy_budget > 0))
    throw InputError("mapping", fmt::format("an energy budget of {}; more than 0 is expected", options_.energy_budget));
  std::vector<State> found;
  for (const RemovedParts& start : starts()) {
    State state{start, measure(start)};
    const bool is_last = state.energy <= options_.energy_budget;
    if (found.empty()) measure_savings(state);
    if (!descend(state, infinity, -1)) continue;
    fill(state);
    found.push_back(std::move(state));
    if (is_last) break;
  }
  std::ranges::stable_sort(found, {}, error_of);
  found.erase(found.begin() + std::min<std::ptrdiff_t>(refined_starts, std::ssize(found)), found.end());
  for (State& state : found)
    while (options_.exchange && exchange(state)) {
    }
  if (found.empty())
    throw InputError("mapping", fmt::format("an energy budget of {}; no multiplier costs so little",
                                            options_.energy_budget));
  return chosen(*std::ranges::min_element(found, {}, error_of));
}

/// Of what was met near the budget, and the best within it by quick energies, the one of least error whose synthesised
/// energy is within it; `best` when none is.
TrainedMapping Mapper::chosen(const State& best) const {
  const auto mapping = [&](const State& state, double energy) {
    return TrainedMapping{state.parts.structure(options_.accumulation), state.parts.error(), state.energy, energy,
                          steps_, static_cast<int>(measured_.size())};
  };
  if (options_.synthesised == 0) return mapping(best, best.energy);
  const auto synthesised = [&](const State& state) {
    const Netlist netlist = build_multiplier(state.parts.structure(options_.accumulation));
    return energy_.synthesised(netlist) / energy_.exact_energy();
  };
  const double of_best = synthesised(best);
  double ratio = best.energy / of_best;  // the largest met, of quick to synthesised
  std::vector<State> order;
  for (const auto& [percent, states] : met_) order.insert(order.end(), states.begin(), states.end());
  std::ranges::stable_sort(order, {}, error_of);
  int left = options_.synthesised - 1;
  for (const State& state : order) {
    if (left == 0 || (of_best <= options_.energy_budget && error_of(state) >= error_of(best))) break;
    if (state.energy / (ratio + uncertainty) > options_.energy_budget) continue;
    const double energy = synthesised(state);
    --left;
    if (energy <= options_.energy_budget) return mapping(state, energy);
    ratio = std::max(ratio, state.energy / energy);
  }
  return mapping(best, of_best);
}

}  // namespace

TrainedMapping map_trained(const ErrorForm& error, const GlitchEnergy& energy, const TrainedMappingOptions& options) {
  return Mapper(error, energy, options).run();
}

}  // namespace tram::train
