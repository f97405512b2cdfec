#pragma once
#include <vector>

#include "models/cells/energy/power_model.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"

namespace tram {

/// Dynamic energy as a linear function of the toggles of the nets: E = sum over nets of toggles x joule.
/// joule[net] = 1/2 C V^2 + internal energy of the output that drives the net (mean over its arcs) + internal energy
/// of the input pins on the net (mean over their states). The two means follow PowerModel at a reference activity:
/// `reference_vectors` uniform random operands at zero delay. A net that an input port drives has the energy of its
/// input pins only: its switching belongs to its driver.
struct NetEnergies {
  std::vector<double> joule;  ///< by net, J a toggle, >= 0
  double leakage_power = 0;   ///< W at the reference activity
};

/// Vectors of the reference activity, from std::mt19937_64 with this seed.
inline constexpr size_t reference_vectors = 8192;
inline constexpr uint64_t reference_seed = 1;

/// Energies of a combinational netlist (every bit of every input port uniform and independent). Throws InputError
/// when the netlist has flip-flops or more than 64 input bits.
NetEnergies toggle_energies(const MappedNetlist& netlist, const TimingOptions& timing = {},
                            PowerConvention convention = PowerConvention::liberty);

/// Energies at an activity of choice, also for netlists with flip-flops.
NetEnergies toggle_energies(const PowerModel& model, const Activity& activity);

}  // namespace tram
