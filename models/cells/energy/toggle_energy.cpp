#include "models/cells/energy/toggle_energy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "models/cells/netlist/settled_activity.hpp"
#include "models/support/error.hpp"

namespace tram {

NetEnergies toggle_energies(const PowerModel& model, const Activity& activity) {
  NetEnergies energies{model.net_energies(activity), model.leakage_power(activity)};
  for (double& joule : energies.joule) joule = std::max(joule, 0.0);
  return energies;
}

NetEnergies toggle_energies(const MappedNetlist& netlist, const TimingOptions& timing, PowerConvention convention) {
  if (!netlist.flip_flops().empty()) {
    throw InputError(netlist.name(),
                     fmt::format("{} flip-flops; a combinational netlist is expected", netlist.flip_flops().size()));
  }
  std::vector<NetId> inputs;
  for (const MappedPort& port : netlist.ports()) {
    if (port.is_input) inputs.insert(inputs.end(), port.bits.begin(), port.bits.end());
  }
  if (inputs.size() > 64) {
    throw InputError(netlist.name(), fmt::format("{} input bits; at most 64 is expected", inputs.size()));
  }
  std::mt19937_64 random(reference_seed);
  std::vector<uint64_t> vectors(reference_vectors);
  for (uint64_t& vector : vectors) vector = random();
  return toggle_energies(PowerModel(netlist, timing, convention), simulate_vectors(netlist, inputs, vectors, 1e-9));
}

}  // namespace tram
