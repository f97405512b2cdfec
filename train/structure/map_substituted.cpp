#include "train/structure/map_substituted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

#include "models/support/error.hpp"
#include "models/support/parallel.hpp"
#include "train/structure/lazy_greedy.hpp"
#include "train/structure/substitution.hpp"

namespace tram::train {
namespace {

constexpr double near_budget = 0.05;  // above it, where what was never measured may be the last step
constexpr double last_saving = 0.8;   // of what is to be saved: less, when last measured, is not measured again
constexpr int max_last_steps = 3;     // last steps from one state
constexpr double alike_error = 1e-9;  // relative: the same products

struct State {
  Netlist netlist;
  double error = std::numeric_limits<double>::infinity(), energy = 1;
  int steps = 0;
};

class Mapper {
 public:
  Mapper(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
         const SubstitutedMappingOptions& options)
      : transitions_(layers), error_(layers), energy_(energy), options_(options) {}

  std::vector<SubstitutedMapping> run(std::span<const Netlist> starts);

 private:
  std::vector<Recoding> recodings(const Netlist& netlist) const;
  double measure(const Netlist& netlist) const;
  void descend(const Netlist& start);
  bool step(State& state);
  void try_last(const State& state, std::span<const Substitution> all, std::span<const State> next,
                std::vector<ChangeValue>& values);
  double worst_error() const;
  void keep(State state);
  double saved(const State& state, const Substitution& substitution, const Netlist& netlist);

  const JointTransitions transitions_;
  const RecodedError error_;
  const GlitchEnergy& energy_;
  const SubstitutedMappingOptions& options_;
  std::map<Substitution, double> saved_;  ///< as last measured, on the way from this start
  std::vector<State> best_;               ///< by rising error
};

std::vector<Recoding> Mapper::recodings(const Netlist& netlist) const {
  return error_.recodings(truth_table(netlist).values, options_.threads);
}

double Mapper::measure(const Netlist& netlist) const {
  const HeldTransitions transitions(transitions_.recoded(recodings(netlist)));
  return energy_.quick(netlist, transitions) / energy_.quick_exact_energy();
}

double Mapper::saved(const State& state, const Substitution& substitution, const Netlist& netlist) {
  return saved_[substitution] = state.energy - measure(netlist);
}

/// Error above which a state is not kept.
double Mapper::worst_error() const {
  return std::ssize(best_) < options_.kept ? std::numeric_limits<double>::infinity() : best_.back().error;
}

/// Keeps a state that no kept one equals or beats, and of equal products the cheaper ones.
void Mapper::keep(State state) {
  const auto same = std::ranges::find_if(
      best_, [&](const State& other) { return std::abs(other.error - state.error) <= alike_error * state.error; });
  if (same == best_.end()) best_.push_back(std::move(state));
  else if (state.energy < same->energy) *same = std::move(state);
  std::ranges::stable_sort(best_, {}, &State::error);
  if (std::ssize(best_) > options_.kept) best_.pop_back();
}

/// Keeps those substitutions of least error that meet the budget.
void Mapper::try_last(const State& state, std::span<const Substitution> all, std::span<const State> next,
                      std::vector<ChangeValue>& values) {
  const double missing = state.energy - options_.energy_budget;
  std::vector<size_t> order(all.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return next[i].error; });
  int found = 0;
  for (const size_t i : order) {
    if (found == max_last_steps || next[i].error >= worst_error()) return;
    if (saved_.contains(all[i]) ? values[i].saved < last_saving * missing : missing > near_budget) continue;
    if (!values[i].is_fresh) values[i] = {values[i].increase, saved(state, all[i], next[i].netlist), true};
    if (values[i].saved < missing) continue;
    keep({next[i].netlist, next[i].error, state.energy - values[i].saved, state.steps + 1});
    ++found;
  }
}

/// The best substitution by its price; false when none saves energy.
bool Mapper::step(State& state) {
  const std::vector<Substitution> all = substitutions(state.netlist, options_.alike);
  std::vector<State> next(all.size());
  std::vector<ChangeValue> values(all.size());
  parallel_for(static_cast<int64_t>(all.size()), options_.threads, [&](int64_t i) {
    State& after = next[static_cast<size_t>(i)];
    after.netlist = substituted(state.netlist, all[static_cast<size_t>(i)]);
    after.error = error_.error(truth_table(after.netlist).values);
    values[static_cast<size_t>(i)].increase = after.error - state.error;
  });
  for (size_t i = 0; i < all.size(); ++i)
    if (const auto known = saved_.find(all[i]); known != saved_.end()) values[i].saved = known->second;
  try_last(state, all, next, values);
  const auto best = least_price(values, [&](size_t i) { return saved(state, all[i], next[i].netlist); });
  if (!best) return false;
  state = {std::move(next[*best].netlist), next[*best].error, state.energy - values[*best].saved, state.steps + 1};
  return true;
}

void Mapper::descend(const Netlist& start) {
  saved_.clear();
  State state{start};
  state.error = error_.error(truth_table(start).values);
  state.energy = measure(start);
  while (state.energy > options_.energy_budget && state.error < worst_error())
    if (!step(state)) return;
  if (state.energy <= options_.energy_budget) keep(std::move(state));
}

std::vector<SubstitutedMapping> Mapper::run(std::span<const Netlist> starts) {
  for (const Netlist& start : starts) descend(start);
  if (best_.empty())
    throw InputError("--budget", fmt::format("{}; no multiplier costs so little", options_.energy_budget));
  std::vector<SubstitutedMapping> all;
  for (const State& state : best_)
    all.push_back({state.netlist, recodings(state.netlist), state.error, state.energy, state.steps});
  return all;
}

}  // namespace

std::vector<SubstitutedMapping> map_substituted(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
                                                std::span<const Netlist> starts,
                                                const SubstitutedMappingOptions& options) {
  if (!(options.energy_budget > 0))
    throw InputError("--budget", fmt::format("{}; a number above 0 is expected", options.energy_budget));
  return Mapper(layers, energy, options).run(starts);
}

}  // namespace tram::train
