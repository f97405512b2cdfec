#include "models/cells/timing/timed_simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "models/cells/netlist/settled_activity.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

constexpr size_t max_inputs = BooleanFunction::max_variables;
constexpr int64_t end_of_time = std::numeric_limits<int64_t>::max();

// Lanes that toggle at a time, in steps from the start of the period.
struct Event {
  int64_t time;
  uint64_t lanes;
};

// Waveform of a net in 64 independent transitions: its value at the start, then events at rising times.
struct Waveform {
  uint64_t value = 0;
  std::vector<Event> events;
};

// The waveform of a cell's output while its inputs' events are merged.
class InertialOutput {
 public:
  InertialOutput(const OutputDelays& delays, uint64_t value, Waveform& wave)
      : delays_(delays), target_(value), wave_(wave) {
    wave_.value = value;
    wave_.events.clear();
  }

  // The function takes this value at `time`; toggled[i]: lanes in which variable i changed then.
  void set_target(int64_t time, uint64_t value, std::span<const uint64_t> toggled) {
    uint64_t changed = value ^ target_;
    if (changed == 0) return;
    target_ = value;
    mature(time);
    revoke(changed & pending_);
    const uint64_t starts = changed & ~pending_;
    pending_ ^= changed;
    schedule(time, starts & value, toggled, &PathDelay::rise);
    schedule(time, starts & ~value, toggled, &PathDelay::fall);
  }

  void finish() {
    std::erase_if(wave_.events, [](const Event& event) { return event.lanes == 0; });
  }

 private:
  void mature(int64_t time) {
    const int64_t last = delays_.loses_ties ? time - 1 : time;
    for (; first_ < wave_.events.size() && wave_.events[first_].time <= last; ++first_) {
      pending_ &= ~wave_.events[first_].lanes;
    }
  }

  void revoke(uint64_t lanes) {
    if (lanes == 0) return;
    for (size_t i = first_; i < wave_.events.size(); ++i) wave_.events[i].lanes &= ~lanes;
  }

  // Schedules the output of each lane after the least delay of the inputs that changed in it.
  void schedule(int64_t time, uint64_t lanes, std::span<const uint64_t> toggled, int32_t PathDelay::*edge) {
    while (lanes != 0) {
      int32_t least = std::numeric_limits<int32_t>::max();
      for (size_t i = 0; i < toggled.size(); ++i) {
        if ((toggled[i] & lanes) != 0) least = std::min(least, delays_.paths[i].*edge);
      }
      uint64_t group = 0;
      for (size_t i = 0; i < toggled.size(); ++i) {
        if (delays_.paths[i].*edge == least) group |= toggled[i] & lanes;
      }
      insert(time + least, group);
      lanes &= ~group;
    }
  }

  void insert(int64_t time, uint64_t lanes) {
    auto& events = wave_.events;
    for (size_t i = first_; i < events.size(); ++i) {
      if (events[i].time != time) continue;
      events[i].lanes |= lanes;
      return;
    }
    events.push_back({time, lanes});
    for (size_t i = events.size() - 1; i > first_ && events[i - 1].time > time; --i) {
      std::swap(events[i - 1], events[i]);
    }
  }

  const OutputDelays& delays_;
  uint64_t target_;       // the function's value now
  uint64_t pending_ = 0;  // lanes with an event after now
  size_t first_ = 0;      // the first event after now
  Waveform& wave_;
};

class WaveformSimulation {
 public:
  WaveformSimulation(const MappedNetlist& netlist, const NetlistDelays& delays) : netlist_(netlist), delays_(delays) {
    waves_.resize(netlist.net_count());
    waves_[constant_one].value = ~uint64_t{0};
  }

  void set(NetId net, uint64_t before, uint64_t after) {
    waves_[net].value = before;
    waves_[net].events.clear();
    if (before != after) waves_[net].events.push_back({0, before ^ after});
  }

  void run() {
    for (const OutputDelays& output : delays_.outputs) run_output(output);
  }

  const Waveform& wave(NetId net) const { return waves_[net]; }

 private:
  void run_output(const OutputDelays& output) {
    const MappedCell& cell = netlist_.cells()[output.cell];
    const PinFunction& function = *cell.type->pins[output.pin].function;
    const size_t count = function.pins.size();
    std::array<const Waveform*, max_inputs> inputs;
    std::array<size_t, max_inputs> next{};
    std::array<uint64_t, max_inputs> values, toggled;
    for (size_t i = 0; i < count; ++i) {
      inputs[i] = &waves_[cell.pins[static_cast<size_t>(function.pins[i])]];
      values[i] = inputs[i]->value;
    }
    InertialOutput result(output, function.function.evaluate({values.data(), count}), waves_[cell.pins[output.pin]]);
    while (true) {
      int64_t time = end_of_time;
      for (size_t i = 0; i < count; ++i) {
        if (next[i] < inputs[i]->events.size()) time = std::min(time, inputs[i]->events[next[i]].time);
      }
      if (time == end_of_time) break;
      for (size_t i = 0; i < count; ++i) {
        const bool has_event = next[i] < inputs[i]->events.size() && inputs[i]->events[next[i]].time == time;
        toggled[i] = has_event ? inputs[i]->events[next[i]++].lanes : 0;
        values[i] ^= toggled[i];
      }
      result.set_target(time, function.function.evaluate({values.data(), count}), {toggled.data(), count});
    }
    result.finish();
  }

  const MappedNetlist& netlist_;
  const NetlistDelays& delays_;
  std::vector<Waveform> waves_;
};

// Toggles of a net and its time at 1, in steps, over the lanes of a mask; period in steps.
struct NetActivity {
  uint64_t toggles = 0;
  int64_t high = 0;

  void add(const Waveform& wave, uint64_t mask, int64_t period) {
    uint64_t value = wave.value;
    high += std::popcount(value & mask) * period;
    for (const Event& event : wave.events) {
      const uint64_t lanes = event.lanes & mask;
      toggles += static_cast<uint64_t>(std::popcount(lanes));
      high += (period - event.time) * (std::popcount(lanes & ~value) - std::popcount(lanes & value));
      value ^= event.lanes;
    }
  }
};

void check_settled(const MappedNetlist& netlist, NetId net, const Waveform& wave, double step, double period) {
  const double last = wave.events.empty() ? 0 : static_cast<double>(wave.events.back().time) * step;
  if (last <= period) return;
  throw InputError(netlist.name(),
                   fmt::format("net '{}' changes {:.4g} ns after the inputs; expected within the period of {:.4g} ns",
                               netlist.net_name(net), last * 1e9, period * 1e9));
}

// Bit `bit` of `count` vectors, lane by lane.
uint64_t lanes_of(std::span<const uint64_t> vectors, size_t count, size_t bit) {
  uint64_t lanes = 0;
  for (size_t lane = 0; lane < count; ++lane) lanes |= (vectors[lane] >> bit & 1) << lane;
  return lanes;
}

}  // namespace

Activity simulate_timed(const MappedNetlist& netlist, const NetlistDelays& delays, std::span<const NetId> inputs,
                        std::span<const uint64_t> vectors, double period) {
  if (vectors.size() < 2) throw std::invalid_argument("at least two vectors are needed");
  const size_t transitions = vectors.size() - 1;
  const int64_t steps = std::llround(period / delays.step);
  std::vector<NetActivity> nets(netlist.net_count());
  WaveformSimulation simulation(netlist, delays);
  for (size_t begin = 0; begin < transitions; begin += 64) {
    const size_t count = std::min<size_t>(64, transitions - begin);
    for (size_t bit = 0; bit < inputs.size(); ++bit) {
      simulation.set(inputs[bit], lanes_of(vectors.subspan(begin), count, bit),
                     lanes_of(vectors.subspan(begin + 1), count, bit));
    }
    simulation.run();
    const uint64_t mask = ~uint64_t{0} >> (64 - count);
    for (NetId net = 0; net < netlist.net_count(); ++net) {
      const Waveform& wave = simulation.wave(net);
      check_settled(netlist, net, wave, delays.step, period);
      nets[net].add(wave, mask, steps);
    }
  }
  Activity activity;
  activity.cycles = static_cast<double>(transitions);
  activity.time = activity.cycles * period;
  for (const NetActivity& net : nets) {
    activity.toggles.push_back(static_cast<double>(net.toggles));
    activity.duty.push_back(static_cast<double>(net.high) / (activity.cycles * static_cast<double>(steps)));
  }
  return activity;
}

Activity simulate_activity(const MappedNetlist& netlist, DelayModel model, const NetlistTiming& timing,
                           std::span<const NetId> inputs, std::span<const uint64_t> vectors, double period) {
  if (model == DelayModel::zero) return simulate_vectors(netlist, inputs, vectors, period);
  return simulate_timed(netlist, library_delays(netlist, timing), inputs, vectors, period);
}

}  // namespace tram
