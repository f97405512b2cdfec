#include "train/structure/map_recoded.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "models/support/error.hpp"
#include "models/support/parallel.hpp"

namespace tram::train {
namespace {

constexpr double least_saving = 1e-4;      // stands for what saved nothing when last measured
constexpr double least_improvement = 1e-9; // relative: rounding decides nothing

/// Which partial products are kept, with the error and the energy of that multiplier.
struct State {
  std::vector<bool> kept;
  std::vector<int32_t> products;
  double error = 0, energy = 1;
};

class Mapper {
 public:
  Mapper(std::span<const OperandStatistics> layers, const GlitchEnergy& energy, const RecodedMappingOptions& options)
      : transitions_(layers), error_(layers), energy_(energy), options_(options), saved_(dots(), 1.0) {}

  RecodedMapping run();

 private:
  size_t dots() const { return static_cast<size_t>(error_.bits()) * error_.bits(); }
  State exact() const;
  State truncated(int columns);
  MultiplierStructure structure(const std::vector<bool>& kept) const;
  std::vector<Recoding> recodings(const State& state) const;
  double measure(const State& state);
  State toggled(const State& state, size_t dot) const;
  std::vector<State> neighbours(const State& state, bool removed) const;
  bool remove_best(State& state, size_t spared);
  bool descend(State& state, double worst_error, size_t spared);
  void put_back(State& state);
  bool exchange(State& best);

  const JointTransitions transitions_;
  const RecodedError error_;
  const GlitchEnergy& energy_;
  const RecodedMappingOptions& options_;
  std::vector<double> saved_;                      ///< by dot, as last measured
  std::map<std::vector<bool>, double> measured_;
  int steps_ = 0;
};

State Mapper::exact() const {
  State state{std::vector<bool>(dots(), true), {}};
  const uint32_t codes = 1U << error_.bits();
  for (uint32_t c = 0; c < codes; ++c)
    for (uint32_t x = 0; x < codes; ++x) state.products.push_back(static_cast<int32_t>(c * x));
  return state;
}

/// The exact one without its lowest columns.
State Mapper::truncated(int columns) {
  State state = exact();
  for (size_t dot = 0; dot < dots(); ++dot)
    if (static_cast<int>(dot) / error_.bits() + static_cast<int>(dot) % error_.bits() < columns)
      state = toggled(state, dot);
  state.error = error_.error(state.products);
  state.energy = measure(state);
  return state;
}

MultiplierStructure Mapper::structure(const std::vector<bool>& kept) const {
  MultiplierStructure structure = exact_structure(error_.bits(), error_.bits(), false, options_.accumulation);
  for (size_t dot = 0; dot < kept.size(); ++dot)
    structure.partial_products[dot] = kept[dot] ? NetState::keep : NetState::zero;
  reset_adders(structure);
  return structure;
}

std::vector<Recoding> Mapper::recodings(const State& state) const {
  std::vector<Recoding> all(error_.layers());
  parallel_for(static_cast<int64_t>(all.size()), options_.threads, [&](int64_t layer) {
    all[static_cast<size_t>(layer)] = error_.recoding(static_cast<size_t>(layer), state.products);
  });
  return all;
}

double Mapper::measure(const State& state) {
  const auto known = measured_.find(state.kept);
  if (known != measured_.end()) return known->second;
  const HeldTransitions transitions(transitions_.recoded(recodings(state)));
  const Netlist netlist = build_multiplier(structure(state.kept));
  return measured_[state.kept] = energy_.quick(netlist, transitions) / energy_.quick_exact_energy();
}

/// With a partial product removed or put back; the energy is not measured.
State Mapper::toggled(const State& state, size_t dot) const {
  State next = state;
  const auto bits = static_cast<size_t>(error_.bits());
  const size_t i = dot / bits, j = dot % bits, codes = size_t{1} << bits;
  next.kept[dot] = !state.kept[dot];
  const int32_t value = (next.kept[dot] ? 1 : -1) * (int32_t{1} << (i + j));
  for (size_t c = 0; c < codes; ++c)
    for (size_t x = 0; x < codes; ++x)
      if ((c >> i & 1) != 0 && (x >> j & 1) != 0) next.products[c * codes + x] += value;
  next.error = error_.error(next.products);
  return next;
}

/// Every state with one partial product less, or more; empty ones where there is none.
std::vector<State> Mapper::neighbours(const State& state, bool removed) const {
  std::vector<State> all(dots());
  parallel_for(static_cast<int64_t>(dots()), options_.threads, [&](int64_t dot) {
    if (state.kept[static_cast<size_t>(dot)] == removed) all[static_cast<size_t>(dot)] = toggled(state, dot);
  });
  return all;
}

/// Removes the partial product with the least increase of the error a unit of energy saved, but not `spared`.
bool Mapper::remove_best(State& state, size_t spared) {
  std::vector<State> next = neighbours(state, true);
  std::vector<bool> is_fresh(dots());
  const auto price = [&](size_t dot) {
    const double increase = next[dot].error - state.error, saved = std::max(saved_[dot], least_saving);
    return increase > 0 ? increase / saved : increase * saved;
  };
  while (true) {
    std::optional<size_t> best;
    for (size_t dot = 0; dot < dots(); ++dot)
      if (!next[dot].kept.empty() && dot != spared && (!best || price(dot) < price(*best))) best = dot;
    if (!best) return false;
    if (is_fresh[*best]) {
      next[*best].energy = state.energy - saved_[*best];
      state = std::move(next[*best]);
      ++steps_;
      return true;
    }
    saved_[*best] = state.energy - measure(next[*best]);
    is_fresh[*best] = true;
    if (saved_[*best] <= 0) next[*best].kept.clear();
  }
}

bool Mapper::descend(State& state, double worst_error, size_t spared) {
  while (state.energy > options_.energy_budget)
    if (!remove_best(state, spared) || state.error >= worst_error) return false;
  return true;
}

/// Puts back what lowers the error most, as long as the budget allows it.
void Mapper::put_back(State& state) {
  for (bool is_found = true; is_found;) {
    is_found = false;
    std::vector<State> more = neighbours(state, false);
    std::erase_if(more, [&](const State& s) {
      return s.kept.empty() || s.error >= state.error * (1 - least_improvement);
    });
    std::ranges::stable_sort(more, {}, &State::error);
    for (size_t i = 0; i < more.size() && !is_found; ++i) {
      more[i].energy = measure(more[i]);
      is_found = more[i].energy <= options_.energy_budget;
      if (is_found) state = std::move(more[i]);
    }
    steps_ += is_found ? 1 : 0;
  }
}

/// Puts one part back and removes others; true when that was better.
bool Mapper::exchange(State& best) {
  for (size_t dot = 0; dot < dots(); ++dot) {
    if (best.kept[dot]) continue;
    State tried = toggled(best, dot);
    tried.energy = measure(tried);
    if (!descend(tried, best.error * (1 - least_improvement), dot)) continue;
    put_back(tried);
    best = std::move(tried);
    return true;
  }
  return false;
}

RecodedMapping Mapper::run() {
  std::optional<State> best;
  for (int columns = 0; columns < 2 * error_.bits() - 1; columns += 2) {
    State state = truncated(columns);
    if (!descend(state, std::numeric_limits<double>::infinity(), dots())) continue;
    put_back(state);
    if (!best || state.error < best->error) best = std::move(state);
  }
  if (!best) throw InputError("--budget", fmt::format("{}; no multiplier costs so little", options_.energy_budget));
  while (exchange(*best)) {}
  return {structure(best->kept), recodings(*best), best->error, best->energy, steps_};
}

}  // namespace

RecodedMapping map_recoded(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
                           const RecodedMappingOptions& options) {
  if (!(options.energy_budget > 0))
    throw InputError("--budget", fmt::format("{}; a number above 0 is expected", options.energy_budget));
  return Mapper(layers, energy, options).run();
}

}  // namespace tram::train
