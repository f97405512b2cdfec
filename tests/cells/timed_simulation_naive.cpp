#include "tests/cells/timed_simulation_naive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <tuple>

#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr int64_t never = std::numeric_limits<int64_t>::min();

// One transition at a time. Events of one instant are taken in topological order, so that every function sees all of
// its inputs' changes of that instant at once. The change of an output comes before the evaluation of its function, or
// after it when the output loses ties.
class EventSimulation {
 public:
  EventSimulation(const MappedNetlist& netlist, const NetlistDelays& delays)
      : netlist_(netlist), delays_(delays), values_(netlist.net_count(), false),
        changed_at_(netlist.net_count(), never), outputs_(delays.outputs.size()), readers_(netlist.net_count()) {
    values_[constant_one] = true;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      for (const int pin : function(i).pins) readers_[cell(i).pins[static_cast<size_t>(pin)]].push_back(i);
    }
  }

  bool value(NetId net) const { return values_[net]; }

  // The settled state of these inputs.
  void reset(std::span<const NetId> inputs, uint64_t vector) {
    for (size_t bit = 0; bit < inputs.size(); ++bit) values_[inputs[bit]] = vector >> bit & 1;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      outputs_[i] = {evaluate(i), never};
      values_[net(i)] = outputs_[i].target;
    }
  }

  // Applies a vector at time 0 and calls toggled(net, time) for each change until all is settled.
  template <class Toggled>
  void run(std::span<const NetId> inputs, uint64_t vector, const Toggled& toggled) {
    std::fill(changed_at_.begin(), changed_at_.end(), never);
    for (size_t bit = 0; bit < inputs.size(); ++bit) {
      if (values_[inputs[bit]] != ((vector >> bit & 1) != 0)) toggle(inputs[bit], 0, toggled);
    }
    while (!queue_.empty()) {
      const auto [time, output, phase] = *queue_.begin();
      queue_.erase(queue_.begin());
      if (phase == evaluation) {
        update(output, time);
      } else {
        outputs_[output].pending = never;
        toggle(net(output), time, toggled);
      }
    }
  }

 private:
  static constexpr int evaluation = 1;
  int change_phase(size_t output) const { return delays_.outputs[output].loses_ties ? 2 : 0; }

  struct Output {
    bool target = false;      // value of the function now
    int64_t pending = never;  // when the net toggles
  };

  template <class Toggled>
  void toggle(NetId net, int64_t time, const Toggled& toggled) {
    values_[net] = !values_[net];
    changed_at_[net] = time;
    toggled(net, time);
    for (const size_t reader : readers_[net]) queue_.emplace(time, reader, evaluation);
  }

  void update(size_t index, int64_t time) {
    Output& output = outputs_[index];
    const bool target = evaluate(index);
    if (target == output.target) return;
    output.target = target;
    if (output.pending != never) {
      queue_.erase({output.pending, index, change_phase(index)});
      output.pending = never;
      return;
    }
    output.pending = time + delay(index, time, target);
    queue_.emplace(output.pending, index, change_phase(index));
  }

  int64_t delay(size_t index, int64_t time, bool rises) const {
    int64_t least = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < function(index).pins.size(); ++i) {
      if (changed_at_[cell(index).pins[static_cast<size_t>(function(index).pins[i])]] != time) continue;
      const PathDelay& path = delays_.outputs[index].paths[i];
      least = std::min<int64_t>(least, rises ? path.rise : path.fall);
    }
    return least;
  }

  bool evaluate(size_t index) const {
    uint64_t minterm = 0;
    const auto& pins = function(index).pins;
    for (size_t i = 0; i < pins.size(); ++i) {
      minterm |= uint64_t{values_[cell(index).pins[static_cast<size_t>(pins[i])]]} << i;
    }
    return function(index).function.truth_table()[minterm / 64] >> (minterm % 64) & 1;
  }

  const MappedCell& cell(size_t index) const { return netlist_.cells()[delays_.outputs[index].cell]; }
  const PinFunction& function(size_t index) const {
    return *cell(index).type->pins[delays_.outputs[index].pin].function;
  }
  NetId net(size_t index) const { return cell(index).pins[delays_.outputs[index].pin]; }

  const MappedNetlist& netlist_;
  const NetlistDelays& delays_;
  std::vector<bool> values_;
  std::vector<int64_t> changed_at_;
  std::vector<Output> outputs_;
  std::vector<std::vector<size_t>> readers_;          // by net: outputs whose function reads it
  std::set<std::tuple<int64_t, size_t, int>> queue_;  // time, output, phase
};

}  // namespace

Activity simulate_timed_naive(const MappedNetlist& netlist, const NetlistDelays& delays, std::span<const NetId> inputs,
                              std::span<const uint64_t> vectors, double period) {
  if (vectors.size() < 2) throw std::invalid_argument("at least two vectors are needed");
  const int64_t steps = std::llround(period / delays.step);
  std::vector<uint64_t> toggles(netlist.net_count(), 0);
  std::vector<int64_t> high(netlist.net_count(), 0);
  EventSimulation simulation(netlist, delays);
  simulation.reset(inputs, vectors[0]);
  for (size_t v = 1; v < vectors.size(); ++v) {
    for (NetId net = 0; net < netlist.net_count(); ++net) high[net] += simulation.value(net) ? steps : 0;
    simulation.run(inputs, vectors[v], [&](NetId net, int64_t time) {
      if (time > steps) throw InputError(netlist.name(), fmt::format("not settled within {:.4g} ns", period * 1e9));
      ++toggles[net];
      high[net] += simulation.value(net) ? steps - time : time - steps;
    });
  }
  Activity activity;
  activity.cycles = static_cast<double>(vectors.size() - 1);
  activity.time = activity.cycles * period;
  activity.toggles.assign(toggles.begin(), toggles.end());
  for (const int64_t time : high) {
    activity.duty.push_back(static_cast<double>(time) / (activity.cycles * static_cast<double>(steps)));
  }
  return activity;
}

}  // namespace tram
