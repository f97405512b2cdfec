#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/multiplier/netlist.hpp"

namespace tram {

/// Cost of a multiplier in a library, for one stream of operands.
struct HardwareCost {
  AdderCells adders = AdderCells::library;  ///< how the adders of its netlist were mapped
  std::string script;                       ///< of ABC
  size_t cells = 0;
  double area = 0;                         ///< in the library's unit
  double critical_path = 0;                ///< s
  double period = 0;                       ///< s between two operand pairs
  EnergyShares zero_delay, with_glitches;  ///< mean power, W: of settled values, and with the library's delays

  /// Energy of a multiplication, J, leakage over a period included.
  double energy() const { return with_glitches.total() * period; }
  double zero_delay_energy() const { return zero_delay.total() * period; }

  /// Energies, J, that the scripts of ABC give the same netlist, its adders mapped alike; 0 where one was tried only.
  double min_energy = 0, max_energy = 0;
  /// Range of the energies over the ABC scripts, as a share of the least: differences between two circuits below it may
  /// be due to mapping alone.
  double spread() const { return min_energy > 0 ? max_energy / min_energy - 1 : 0; }
};

struct CostOptions {
  MultiplierPowerOptions power;             ///< its delays are not used: both models are
  std::optional<double> delay_target;       ///< s, to ABC
  bool waits_to_settle = false;             ///< the period is at least 1.01 times the netlist's critical path
  AdderCells adders = AdderCells::library;  ///< gates: best_hardware_cost does not try adder cells
  bool only_these_adders = false;           ///< it does not try gates beside adder cells either
  std::vector<std::string> scripts =
      abc_script_names();              ///< of ABC, to try; with a delay target the first stands for all
  int threads = 1;                     ///< over what is tried; results do not depend on it
  std::filesystem::path cache_folder;  ///< empty: default_cache_folder()
};

/// Maps the multiplier with this script of ABC and simulates it; both are cached by content. Throws as map_multiplier and
/// multiplier_power do.
HardwareCost hardware_cost(const Netlist& multiplier, AdderCells adders, const std::string& script,
                           std::shared_ptr<const Library> library, const OperandStimulus& stimulus,
                           const CostOptions& options);

/// The cheapest in energy, glitches included, of adder cells and gates, mapped with each of options.scripts; of equals,
/// adder cells and the first script. Without adders in the netlist or adder cells in the library gates only are tried.
HardwareCost best_hardware_cost(const Netlist& multiplier, std::shared_ptr<const Library> library,
                                const OperandStimulus& stimulus, const CostOptions& options);

}  // namespace tram
