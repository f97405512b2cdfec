#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/cells/timing/timed_simulation.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

// The slowest arcs from one pin, those without `when` first.
struct PinDelay {
  EdgePair delay;
  bool is_conditional = true;

  void add(const ArcDelay& arc, bool conditional) {
    if (conditional && !is_conditional) return;
    if (!conditional && is_conditional) delay = {};
    is_conditional = conditional;
    delay.rise = std::max(delay.rise, arc.delay.rise);
    delay.fall = std::max(delay.fall, arc.delay.fall);
  }
};

int32_t in_steps(double delay, double step) { return std::max(1, static_cast<int32_t>(std::lround(delay / step))); }

OutputDelays output_delays(const MappedNetlist& netlist, std::span<const ArcDelay> arcs, uint32_t cell, int pin,
                           double step) {
  const LibertyPin& output = netlist.cells()[cell].type->pins[static_cast<size_t>(pin)];
  OutputDelays result{cell, static_cast<uint32_t>(pin), {}, false};
  double rest = 0;  // what rounding took away
  for (const int input : output.function->pins) {
    PinDelay slowest;
    for (const ArcDelay& arc : arcs) {
      const TimingArc& type = output.timing[arc.output_pin == result.pin ? arc.arc : 0];
      if (arc.output_pin == result.pin && type.related_pin == input) slowest.add(arc, type.when.has_value());
    }
    const PathDelay path{in_steps(slowest.delay.rise, step), in_steps(slowest.delay.fall, step)};
    result.paths.push_back(path);
    rest += slowest.delay.rise - path.rise * step + slowest.delay.fall - path.fall * step;
  }
  result.loses_ties = rest > 0;
  return result;
}

}  // namespace

std::span<const NamedValue<DelayModel>> names_of(DelayModel) {
  static constexpr std::array<NamedValue<DelayModel>, 2> names{
      {{DelayModel::library, "library"}, {DelayModel::zero, "zero"}}};
  return names;
}

NetlistDelays library_delays(const MappedNetlist& netlist, const NetlistTiming& timing, double step) {
  if (!netlist.flip_flops().empty()) {
    throw InputError(netlist.name(), fmt::format("{} flip-flops; delays are simulated in combinational netlists only",
                                                 netlist.flip_flops().size()));
  }
  NetlistDelays delays{step, {}};
  const auto by_cell = [](const ArcDelay& arc, uint32_t cell) { return arc.cell < cell; };
  for (const uint32_t cell : netlist.combinational_order()) {
    const auto begin = std::lower_bound(timing.arcs.begin(), timing.arcs.end(), cell, by_cell);
    const auto end = std::lower_bound(begin, timing.arcs.end(), cell + 1, by_cell);
    const LibertyCell& type = *netlist.cells()[cell].type;
    for (const int pin : type.output_pins) {
      if (netlist.cells()[cell].pins[static_cast<size_t>(pin)] == no_net) continue;
      delays.outputs.push_back(output_delays(netlist, {begin, end}, cell, pin, step));
    }
  }
  return delays;
}

}  // namespace tram
