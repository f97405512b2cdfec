#pragma once
#include <string>
#include <vector>

#include "models/cells/energy/operand_stimulus.hpp"
#include "models/cells/energy/power_model.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/cells/timing/timed_simulation.hpp"

namespace tram {

struct MultiplierPowerOptions {
  DelayModel delays = DelayModel::library;
  double period = 4e-9;  ///< s between vectors
  TimingOptions timing;
  PowerConvention convention = PowerConvention::liberty;
};

/// Mean power in W over the stimulus.
struct MultiplierPower {
  EnergyShares total;               ///< W
  std::vector<EnergyShares> cells;  ///< W, by cell of the netlist
  double toggles = 0;               ///< mean a transition, over all nets
  double zero_delay_toggles = 0;    ///< the same of settled values: what remains without glitches
  DelayModel delays = DelayModel::library;
  double period = 0;     ///< s
  std::string stimulus;  ///< description
};

/// The operands of a multiplier: its two input ports in order of declaration, and its one output port. Throws
/// InputError when it has others.
struct MultiplierPorts {
  const MappedPort* a = nullptr;
  const MappedPort* b = nullptr;
  const MappedPort* product = nullptr;
};
MultiplierPorts multiplier_ports(const MappedNetlist& netlist);

/// Power of a combinational multiplier. Throws InputError when the stimulus has other widths, or the netlist does not
/// settle within the period.
MultiplierPower multiplier_power(const MappedNetlist& netlist, const OperandStimulus& stimulus,
                                 const MultiplierPowerOptions& options = {});

}  // namespace tram
