#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "models/cells/energy/exact_multiplier.hpp"
#include "models/cells/energy/power_model.hpp"
#include "models/cells/energy/transition_kernel.hpp"
#include "models/cells/mapping/direct_mapping.hpp"
#include "models/cells/timing/timed_simulation.hpp"
#include "models/multiplier/structure/mapping.hpp"
#include "train/structure/operand_statistics.hpp"

namespace tram::train {

struct GlitchEnergyOptions {
  DelayModel delays = DelayModel::library;
  TimingOptions timing;
  PowerConvention convention = PowerConvention::liberty;
  double period = 10e-9;  ///< s, of the operands by which the best exact multiplier is chosen
};

/// Transitions of operands as the kernels take them.
struct HeldTransitions {
  /// Throws InputError when none changes x.
  explicit HeldTransitions(std::span<const OperandTransition> transitions);

  std::vector<transition::HeldTransition> changing;  ///< those that change x, like ones next to each other
  size_t count;                                      ///< of all transitions
};

/// Energy of unsigned multipliers in a library's cells on given transitions of operands, glitches included: J a
/// transition, the sum over nets of toggles x joule (models/cells/energy/toggle_energy.hpp), as the simulator's transition
/// tables have it, without leakage. May be used from several threads.
class GlitchEnergy {
 public:
  /// Throws InputError when no transition changes x.
  GlitchEnergy(std::shared_ptr<const Library> library, std::span<const OperandTransition> transitions, int bits,
               const GlitchEnergyOptions& options = {});

  /// Energy of a netlist of cells with ports as map_multiplier makes them.
  double of_cells(const MappedNetlist& netlist) const { return of_cells(netlist, transitions_); }
  double of_cells(const MappedNetlist& netlist, const HeldTransitions& transitions) const;
  /// Energy of a multiplier mapped gate by gate (DirectMapper): quick, some percent off what synthesis makes of it.
  double quick(const Netlist& netlist) const { return quick(netlist, transitions_); }
  double quick(const MultiplierStructure& structure) const { return quick(build_multiplier(structure)); }
  /// Energy on other transitions than those given at first, such as recoded ones.
  double quick(const Netlist& netlist, const HeldTransitions& transitions) const;
  /// Energy of a multiplier mapped by Yosys and ABC (map_multiplier) with the script of ABC that gives the least, with
  /// adders as the best exact multiplier has them.
  double synthesised(const Netlist& netlist) const { return synthesised(netlist, transitions_); }
  double synthesised(const Netlist& netlist, const HeldTransitions& transitions) const;

  /// Reference, whose energy is 1: the library's best exact multiplier (best_exact_multiplier, which tram_sim and
  /// tram_axm name as 1).
  const ExactMultiplier& exact() const { return exact_; }
  double exact_energy() const { return exact_energy_; }
  double quick_exact_energy() const { return quick_exact_energy_; }

 private:
  std::shared_ptr<const Library> library_;
  HeldTransitions transitions_;
  GlitchEnergyOptions options_;
  ExactMultiplier exact_;
  DirectMapper mapper_;
  double exact_energy_ = 0, quick_exact_energy_ = 0;
};

/// Differences of the energy, exact = 1, between a part kept and the part constant 0, all others as they are in the
/// structure.
struct MarginalEnergies {
  double energy = 0;                     ///< of the structure
  std::vector<double> partial_products;  ///< [i * b_bits + j]
  std::vector<double> sums, carries;     ///< by adder
};

/// Marginal energies of a structure of tree `full` without OR groups; takes some two hundred quick energies at 8 bits.
MarginalEnergies marginal_energies(const GlitchEnergy& energy, const MultiplierStructure& structure, int threads = 1);

}  // namespace tram::train
