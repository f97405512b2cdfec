#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/cells/netlist/activity.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/cells/timing/static_timing.hpp"
#include "models/options/named_values.hpp"

namespace tram {

/// Energies in J (or powers in W where said).
struct EnergyShares {
  double internal = 0;
  double switching = 0;
  double leakage = 0;
  double total() const { return internal + switching + leakage; }
  EnergyShares& operator+=(const EnergyShares& other);
};

struct EnergyReport {
  EnergyShares total;                         ///< everything, clock included
  EnergyShares clock;                         ///< clock pins' internal energy and clock nets' switching (no leakage)
  std::map<std::string, EnergyShares> parts;  ///< by MappedCell::part, without clock; "" is the top (registers)
  std::vector<EnergyShares> cells;            ///< by cell, as parts; sums over a part give the part
};

/// Reading of power groups without `when`, on which the Liberty manual and OpenSTA differ.
enum class PowerConvention : uint8_t {
  liberty,  ///< as the Liberty manual says: a group without `when` is for the states that no other group names
  opensta   ///< as OpenSTA computes: the group without `when` of an input pin adds to those with `when` (combinational
            ///< cells; on flip-flops it would double the clock's energy); leakage takes outputs in `when` as
            ///< independent of the inputs and gives what remains of the probability to cell_leakage_power, which leaves
            ///< ASAP7, without that attribute, at 59 % of its leakage
};
std::span<const NamedValue<PowerConvention>> names_of(PowerConvention);

/// Energy of a netlist from the activity of its nets.
///
/// - Switching: 1/2 C V^2 a toggle of each net driven by a cell; C is the larger of the sums of rise and fall pin
///   capacitances, plus the external load. Nets driven by input ports belong to their driver outside (its external
///   load), except clock nets, which are counted here under `clock`.
/// - Internal, output pin: toggles x weighted mean over its arcs of (rise + fall) / 2 at the arc's slew and the
///   net's load; weight of an arc = toggle rate of its input x probability that the output depends on that input
///   (Boolean difference, inputs independent with their duty). `when` of arcs of a function is not evaluated: groups
///   of one related pin share the pin's weight equally. This is what OpenSTA computes.
/// - Internal, input pin (groups without related_pin): toggles x (rise + fall) / 2 x P(when); the group without
///   `when` as the convention says. SG13G2 repeats the energy of one state there: 3 % of a multiplier's power.
/// - Leakage: sum over `when` states of probability x value; outputs in `when` are replaced by their functions, what
///   remains of the probability takes the default (group without `when`, else cell_leakage_power). A state is never
///   negative.
/// - Flip-flops: data pin D and state Q are not independent before a clock edge: P(next_state != Q) is the toggle
///   rate of Q in a cycle, from which the joint probabilities in `when` follow. An output that moves with the
///   clock takes the energy of its clock arc; clock pins take two edges a cycle.
/// - Rails: of groups that name a related_pg_pin those of every rail but grounds count, and add up: a cell supplied by
///   VDD and VDDB, or with a well's own pin, needs what all give (cell_leakage_power is their sum). The VSS tables of
///   ASAP7 hold the same charge on its way out: over a rise and a fall both rails give the same energy (an inverter:
///   0.098 fJ each), so adding both would count it twice.
class PowerModel {
 public:
  /// Keeps a reference to the netlist.
  explicit PowerModel(const MappedNetlist& netlist, const TimingOptions& options = {},
                      PowerConvention convention = PowerConvention::liberty);

  /// Energy over the whole activity. Throws std::invalid_argument when the activity is not of this netlist's size.
  EnergyReport energy(const Activity& activity) const;

  /// Dynamic energy of one toggle of each net in J, such that toggles x energy summed over nets is the dynamic part of
  /// energy(activity): switching, internal of the driving output, internal of the input pins on the net.
  std::vector<double> net_energies(const Activity& activity) const;

  /// Leakage power in W of one instance in the mean state that the duties describe.
  double leakage_power(const Activity& activity) const;

  const NetlistTiming& timing() const { return timing_; }

  /// 1/2 C V^2 of the net, J a toggle, external load included.
  double switching_energy(NetId net) const { return switching_[net]; }

 private:
  struct Arc {
    int variable;   // of the output's function
    NetId input;    // related pin's net
    double energy;  // (rise + fall) / 2 at its slew and load, J
  };
  struct OutputPin {
    uint32_t cell;
    NetId net;
    const PinFunction* function;
    bool is_state;                        // of a flip-flop
    std::vector<std::vector<Arc>> rails;  // arcs by the rail that their group names
  };
  struct InputPin {
    uint32_t cell;
    NetId net;
    bool is_clock;
    std::vector<double> energy;  // by state of the cell, J
  };

  void add_output(uint32_t cell, int pin);
  void add_input(uint32_t cell, int pin);
  void add_leakage();
  double arc_energy(uint32_t cell, int output, const InternalPower& power, int related) const;
  double output_energy(const OutputPin& output, const Activity& activity) const;
  double leakage_of(uint32_t cell, std::span<const double> states, const Activity& activity) const;
  double toggles(NetId net, const Activity& activity) const;
  void check(const Activity& activity) const;

  const MappedNetlist& netlist_;
  PowerConvention convention_;
  NetlistTiming timing_;
  std::vector<double> switching_;        // by net, J a toggle
  std::vector<bool> is_external_clock_;  // by net: a clock that an input port drives
  std::vector<OutputPin> outputs_;
  std::vector<InputPin> inputs_;
  std::vector<std::vector<double>> type_leakage_;  // by kind of cell, then state, W
  std::vector<uint32_t> leakage_index_;            // by cell: index into type_leakage_
};

/// Capacitance that a port's input bits present to their drivers, F: the mean over the port's bits of the larger of
/// the rise and fall sums; the external load of an output that drives the same port of a neighbour.
double input_capacitance(const MappedNetlist& netlist, std::string_view port);

}  // namespace tram
