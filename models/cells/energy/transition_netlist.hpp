#pragma once
#include <vector>

#include "models/cells/energy/toggle_energy.hpp"
#include "models/cells/energy/transition_energy.hpp"
#include "models/cells/energy/transition_kernel.hpp"
#include "models/cells/netlist/mapped_netlist.hpp"
#include "models/cells/timing/timed_simulation.hpp"

namespace tram {

/// Delays in steps so long that no event lies past the kernels' last slot and no delay is above their longest:
/// about 1/255 of the latest arrival.
NetlistDelays transition_delays(const MappedNetlist& netlist, const NetlistTiming& timing);

/// A mapped multiplier made ready for the transition kernels, with the energies of its nets in whole units.
class TransitionNetlist {
 public:
  /// joule: by net (NetEnergies). Throws InputError for functions of more than transition::max_nodes nodes
  /// (BooleanFunction::nodes).
  TransitionNetlist(const MappedNetlist& netlist, const NetlistDelays& delays, DelayModel model,
                    std::vector<double> joule);

  /// Sets the unit in J; every energy must be below 2^energy_planes units.
  void set_unit(double unit);
  const transition::KernelNetlist& kernel_netlist() const { return kernel_netlist_; }
  size_t net_count() const { return joule_.size(); }
  const std::vector<double>& joule() const { return joule_; }
  /// |units x unit - joule| of a net.
  double rounding_error(NetId net) const;

 private:
  void add_output(const MappedNetlist& netlist, const OutputDelays& delays);

  std::vector<double> joule_;
  double unit_ = 0;
  std::vector<transition::Output> outputs_;
  std::vector<transition::Node> nodes_;
  std::vector<NetId> a_, b_;
  std::vector<uint32_t> b_weights_;
  transition::KernelNetlist kernel_netlist_;
};

/// The table computed by a kernel of choice, without the cache.
TransitionEnergy compute_transition_energy(const MappedNetlist& netlist, const TransitionEnergyOptions& options,
                                           const transition::Kernel& kernel);

}  // namespace tram
