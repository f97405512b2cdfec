#pragma once
#include <filesystem>
#include <memory>
#include <optional>

#include "models/multiplier/netlist.hpp"
#include "models/power/multiplier_mapping.hpp"
#include "models/power/multiplier_power.hpp"

namespace tram {

/// What a multiplier costs in a library, for one stream of operands.
struct HardwareCost {
  AdderCells adders = AdderCells::library;  ///< how the adders of its netlist were mapped
  size_t cells = 0;
  double area = 0;                          ///< in the library's unit
  double critical_path = 0;                 ///< s
  double period = 0;                        ///< s between two operand pairs
  EnergyShares zero_delay, with_glitches;   ///< mean power, W: of settled values, and with the library's delays

  /// J a multiplication, leakage over a period included.
  double energy() const { return with_glitches.total() * period; }
  double zero_delay_energy() const { return zero_delay.total() * period; }
};

struct CostOptions {
  MultiplierPowerOptions power;          ///< its delays are not used: both models are
  std::optional<double> delay_target;    ///< s, to ABC
  bool waits_to_settle = false;          ///< the period is at least 1.01 times the netlist's critical path
  AdderCells adders = AdderCells::library;  ///< gates: best_hardware_cost does not try adder cells
  std::filesystem::path cache_folder;    ///< empty: default_cache_folder()
};

/// Maps the multiplier and simulates it; both are cached by content. Throws as map_multiplier and multiplier_power do.
HardwareCost hardware_cost(const Netlist& multiplier, AdderCells adders, std::shared_ptr<const Library> library,
                           const OperandStimulus& stimulus, const CostOptions& options);

/// The cheaper (in energy, glitches included) of adder cells and gates; of equals, adder cells. Without adders in the
/// netlist or adder cells in the library it is mapped once, to gates.
HardwareCost best_hardware_cost(const Netlist& multiplier, std::shared_ptr<const Library> library,
                                const OperandStimulus& stimulus, const CostOptions& options);

}  // namespace tram
