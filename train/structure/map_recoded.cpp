#include "train/structure/map_recoded.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "models/support/error.hpp"
#include "models/support/parallel.hpp"
#include "train/structure/coherent_error.hpp"
#include "train/structure/dot_columns.hpp"
#include "train/structure/lazy_greedy.hpp"

namespace tram::train {
namespace {

constexpr double min_improvement = 1e-9;  // relative: rounding decides nothing
constexpr int column_step = 2;            // between the truncations that the search begins with

/// Partial products kept, with the error and the energy of that multiplier.
struct State {
  DotColumns dots;
  double error = 0, energy = 1;
};

/// A move and what comes of it; the energy is not measured.
struct Neighbour {
  DotMove move;
  State state;
};

class Mapper {
 public:
  Mapper(std::span<const OperandStatistics> layers, const GlitchEnergy& energy, const RecodedMappingOptions& options)
      : transitions_(layers), error_(layers), coherent_(layers), energy_(energy), options_(options) {}

  RecodedMapping run();
  std::vector<TradeOff> trade_offs();

 private:
  double error_of(const std::vector<int32_t>& products) const;
  State measured(DotColumns dots);
  std::vector<Recoding> recodings(const State& state) const;
  double measure(const State& state);
  std::vector<Neighbour> neighbours(const State& state, const std::vector<DotMove>& moves) const;
  double& saved(const DotMove& move) { return saved_.try_emplace(move, 1.0).first->second; }
  bool reduce(State& state, const std::optional<DotMove>& restored);
  bool descend(State& state, double worst_error, const std::optional<DotMove>& restored);
  void put_back(State& state);
  bool exchange(State& best);

  const JointTransitions transitions_;
  const RecodedError error_;
  const CoherentError coherent_;
  const GlitchEnergy& energy_;
  const RecodedMappingOptions& options_;
  std::map<DotMove, double> saved_;                  ///< as last measured; 1, more than anything saves, before that
  std::map<std::vector<uint8_t>, double> measured_;  ///< by columns
  int steps_ = 0;
};

double Mapper::error_of(const std::vector<int32_t>& products) const {
  return options_.is_coherent ? coherent_.error(error_.quick_recodings(products), products) : error_.error(products);
}

State Mapper::measured(DotColumns dots) {
  State state{std::move(dots)};
  state.error = error_of(state.dots.products());
  state.energy = measure(state);
  return state;
}

std::vector<Recoding> Mapper::recodings(const State& state) const {
  return error_.recodings(state.dots.products(), options_.threads);
}

double Mapper::measure(const State& state) {
  const auto known = measured_.find(state.dots.columns());
  if (known != measured_.end()) return known->second;
  const HeldTransitions transitions(transitions_.recoded(recodings(state)));
  const Netlist netlist = build_multiplier(state.dots.structure(options_.accumulation));
  return measured_[state.dots.columns()] = energy_.quick(netlist, transitions) / energy_.quick_exact_energy();
}

std::vector<Neighbour> Mapper::neighbours(const State& state, const std::vector<DotMove>& moves) const {
  std::vector<Neighbour> all(moves.size());
  parallel_for(static_cast<int64_t>(all.size()), options_.threads, [&](int64_t i) {
    const DotMove& move = moves[static_cast<size_t>(i)];
    State next{state.dots.after(move)};
    next.error = error_of(next.dots.products());
    all[static_cast<size_t>(i)] = {move, std::move(next)};
  });
  return all;
}

/// Takes the reduction with the least increase of the error a unit of energy saved, but not the one that takes
/// `restored` out again.
bool Mapper::reduce(State& state, const std::optional<DotMove>& restored) {
  std::vector<DotMove> moves = state.dots.reductions();
  if (restored) std::erase(moves, DotMove{restored->row, restored->column, false});
  std::vector<Neighbour> next = neighbours(state, moves);
  std::vector<ChangeValue> values;
  for (const Neighbour& n : next) values.push_back({n.state.error - state.error, saved(n.move)});
  const auto best =
      least_price(values, [&](size_t i) { return saved(next[i].move) = state.energy - measure(next[i].state); });
  if (!best) return false;
  next[*best].state.energy = state.energy - values[*best].saved;
  state = std::move(next[*best].state);
  ++steps_;
  return true;
}

bool Mapper::descend(State& state, double worst_error, const std::optional<DotMove>& restored) {
  while (state.energy > options_.energy_budget)
    if (!reduce(state, restored) || state.error >= worst_error) return false;
  return state.error < worst_error;  // a part put back can raise errors that add up, and save energy
}

/// Puts back what lowers the error most, as long as the budget allows it.
void Mapper::put_back(State& state) {
  for (bool is_found = true; is_found;) {
    is_found = false;
    std::vector<Neighbour> more = neighbours(state, state.dots.restorations());
    std::erase_if(more, [&](const Neighbour& n) { return n.state.error >= state.error * (1 - min_improvement); });
    std::ranges::stable_sort(more, {}, [](const Neighbour& n) { return n.state.error; });
    for (size_t i = 0; i < more.size() && !is_found; ++i) {
      more[i].state.energy = measure(more[i].state);
      is_found = more[i].state.energy <= options_.energy_budget;
      if (is_found) state = std::move(more[i].state);
    }
    steps_ += is_found ? 1 : 0;
  }
}

/// Puts one part back and removes others; true when that was better.
bool Mapper::exchange(State& best) {
  for (const DotMove& move : best.dots.restorations()) {
    State tried = measured(best.dots.after(move));
    if (!descend(tried, best.error * (1 - min_improvement), move)) continue;
    put_back(tried);
    best = std::move(tried);
    return true;
  }
  return false;
}

RecodedMapping Mapper::run() {
  std::optional<State> best;
  for (int columns = 0; columns < 2 * error_.bits() - 1; columns += column_step) {
    State state = measured(DotColumns(error_.bits(), columns));
    if (!descend(state, std::numeric_limits<double>::infinity(), std::nullopt)) continue;
    put_back(state);
    if (!best || state.error < best->error) best = std::move(state);
  }
  if (!best) throw InputError("--budget", fmt::format("{}; no multiplier costs so little", options_.energy_budget));
  while (exchange(*best)) {}
  return {best->dots.structure(options_.accumulation), recodings(*best), best->error, best->energy, steps_};
}

std::vector<TradeOff> Mapper::trade_offs() {
  std::vector<TradeOff> met;
  for (int columns = 0; columns < 2 * error_.bits() - 1; columns += column_step) {
    State state = measured(DotColumns(error_.bits(), columns));
    if (state.energy < options_.energy_budget) break;  // and so are the truncations after it
    do {
      met.push_back({state.energy, state.error});
    } while (state.energy > options_.energy_budget && reduce(state, std::nullopt));
  }
  return pareto_front(std::move(met));
}

void check(std::span<const OperandStatistics> layers, const RecodedMappingOptions& options) {
  if (!(options.energy_budget > 0))
    throw InputError("--budget", fmt::format("{}; a number above 0 is expected", options.energy_budget));
  if (options.is_coherent && std::ranges::all_of(layers, [](const auto& layer) { return layer.slopes().empty(); }))
    throw InputError("operands", "no slopes of the loss; those of some images are expected");
}

}  // namespace

RecodedMapping map_recoded(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
                           const RecodedMappingOptions& options) {
  check(layers, options);
  return Mapper(layers, energy, options).run();
}

std::vector<TradeOff> recoded_trade_offs(std::span<const OperandStatistics> layers, const GlitchEnergy& energy,
                                         const RecodedMappingOptions& options) {
  check(layers, options);
  return Mapper(layers, energy, options).trade_offs();
}

}  // namespace tram::train
