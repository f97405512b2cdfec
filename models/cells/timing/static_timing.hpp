#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

struct TimingOptions {
  double input_slew = 0;                               ///< s, transition of every input port and of the clock
  double output_load = 0;                              ///< F, on every bit of every output port
  std::unordered_map<std::string, double> port_loads;  ///< F per bit, instead of output_load, by port name
  double wire_capacitance = 0;                         ///< F on a net for each of its pins but one (wires.hpp)
  bool include_setup = true;                           ///< a path that ends in a flip-flop includes its setup time
};

/// A value for each edge of a net.
struct EdgePair {
  double rise = 0;
  double fall = 0;
};

/// Delay of one arc of one cell at its slew and load.
struct ArcDelay {
  uint32_t cell = 0;
  uint32_t output_pin = 0;  ///< index into LibertyCell::pins
  uint32_t arc = 0;         ///< index into that pin's timing
  EdgePair delay;           ///< to the output's rise and fall, s
};

struct PathStep {
  NetId net = 0;
  bool rising = true;
  double arrival = 0;  ///< s
};

/// Static timing in the manner of a timing analyser whose wires are capacitances: the worst slew of a net is passed on,
/// loads are sums of pin capacitances (rise and fall apart), external loads and wires, arrivals start at 0 at input ports and at the
/// clock edge of flip-flops. Arcs with `when` count like any other.
struct NetlistTiming {
  std::vector<EdgePair> load;     ///< by net, F
  std::vector<EdgePair> slew;     ///< by net, s
  std::vector<EdgePair> arrival;  ///< by net, s
  std::vector<ArcDelay> arcs;     ///< combinational and clock-to-output arcs, by cell in netlist order
  double critical_path = 0;       ///< s: latest arrival at an output port or data pin of a flip-flop (+ setup)
  std::vector<PathStep> path;     ///< of the critical path, from its start
};

NetlistTiming static_timing(const MappedNetlist& netlist, const TimingOptions& options = {});

/// Loads alone, F, by net.
std::vector<EdgePair> net_loads(const MappedNetlist& netlist, const TimingOptions& options = {});

}  // namespace tram
