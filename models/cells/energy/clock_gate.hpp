#pragma once
#include <optional>

#include "models/cells/liberty/liberty.hpp"

namespace tram {

/// The cell of a library that gates a clock: its integrated gate (a latch and an AND) of least area; else an OR of the
/// clock and the inverted enable, which holds the clock at 1. An enable from registers of the same clock settles while
/// the clock is 1, so that the OR passes no spike as long as it takes less than the clock's high phase.
struct ClockGate {
  const LibertyCell* cell = nullptr;
  ClockGatePins pins;
  const LibertyCell* inverter = nullptr;  ///< before the enable of an OR
};

/// Nothing for a library with neither. A gate marked dont_use is taken: the mark keeps mapping from using it by itself.
std::optional<ClockGate> clock_gate_of(const Library& library);

/// What a gate costs, without the net that it drives.
struct ClockGateEnergy {
  double stopped = 0;  ///< J a clock that it stops: its clock pin, C V^2 and inside
  double passed = 0;   ///< J a clock that it passes: that, and inside the cell until its output
  double enable = 0;   ///< J a toggle of the enable, its pin's 1/2 C V^2 included
  double leakage = 0;  ///< W, mean of its states
  double area = 0;     ///< as the library's areas
};

/// slew: of clock and enable, s; load: on the output, F. Internal energy is that of the groups whose `when` holds in
/// the state before each edge, else of the group without `when`.
ClockGateEnergy energy_of(const ClockGate& gate, const Library& library, double slew, double load);

/// Estimate of a clock tree above its sinks, J a clock: buffers of the library (the smallest), each with `tree_fanout`
/// pins behind it, down to so many sink pins of this capacitance (F). No wires; the sinks' own pins are theirs. 0 for
/// a library without buffers.
constexpr int tree_fanout = 16;
double clock_tree_estimate(const Library& library, double sinks, double sink_capacitance, double slew);

}  // namespace tram
