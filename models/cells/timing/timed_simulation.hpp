#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/cells/netlist/activity.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/cells/timing/static_timing.hpp"
#include "models/options/named_values.hpp"

namespace tram {

/// Delay model of the activity simulation: settled values only, or with the delays of the library, glitches included.
enum class DelayModel : uint8_t { zero, library };

std::span<const NamedValue<DelayModel>> names_of(DelayModel);

/// Delay from an input of a function to its value, in steps (at least 1), by the edge of the value.
struct PathDelay {
  int32_t rise = 1;
  int32_t fall = 1;
};

/// One output of one cell.
struct OutputDelays {
  uint32_t cell = 0;
  uint32_t pin = 0;              ///< index into LibertyCell::pins
  std::vector<PathDelay> paths;  ///< by variable of the pin's function
  bool loses_ties = false;       ///< a change that is revoked in the step in which it arrives is lost, else it is seen
};

/// Delays of a combinational netlist in whole steps of time, outputs in topological order.
struct NetlistDelays {
  double step = 1e-12;  ///< s
  std::vector<OutputDelays> outputs;
};

/// Delays from static timing: each arc at the worst slew of its input and the load of its output, rounded to the
/// nearest step, at least one. Of several arcs from one pin those without `when` count, else all, the slowest by edge:
/// what an SDF file without its COND entries says. An input without arc has a delay of one step. An output loses ties
/// when its delays were rounded down on the whole: so that coarse steps do not let through more pulses than fine ones.
/// Throws InputError when the netlist has flip-flops.
NetlistDelays library_delays(const MappedNetlist& netlist, const NetlistTiming& timing, double step = 1e-15);

/// Activity of a combinational netlist over a sequence of vectors as simulate_vectors, with delays. Semantics are
/// those of an event-driven simulator with SDF path delays (IEEE 1364-2005 clauses 14 and 16): all inputs change at
/// the start of a period and the netlist settles before the next; a change of a cell's function travels with the
/// delay of the input that caused it (of several at once the least); a change that is revoked before it reaches the
/// output is lost (inertial). 64 transitions are simulated at once: nets are waveforms of (time, lanes that toggle),
/// computed in topological order. Throws InputError when the netlist does not settle within the period.
Activity simulate_timed(const MappedNetlist& netlist, const NetlistDelays& delays, std::span<const NetId> inputs,
                        std::span<const uint64_t> vectors, double period);

/// Activity under either model; `timing` is what the delays are taken from.
Activity simulate_activity(const MappedNetlist& netlist, DelayModel model, const NetlistTiming& timing,
                           std::span<const NetId> inputs, std::span<const uint64_t> vectors, double period);

}  // namespace tram
