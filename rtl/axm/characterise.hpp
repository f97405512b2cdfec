#pragma once
#include <memory>
#include <string>
#include <vector>

#include "models/multiplier/error_metrics.hpp"
#include "models/multiplier/netlist.hpp"
#include "models/power/multiplier_mapping.hpp"
#include "models/power/multiplier_power.hpp"

namespace tram::axm {

/// What a multiplier costs in a library, for one stream of operands.
struct HardwareCost {
  AdderCells adders = AdderCells::library;  ///< how the adders of its netlist were mapped
  size_t cells = 0;
  double area = 0;           ///< in the library's unit
  double critical_path = 0;  ///< s
  MultiplierPower zero_delay, with_glitches;

  /// J a multiplication, leakage over a period included.
  double energy() const { return with_glitches.total.total() * with_glitches.period; }
  double zero_delay_energy() const { return zero_delay.total.total() * zero_delay.period; }
};

struct CostOptions {
  MultiplierPowerOptions power;  ///< its delays are not used: both models are
  std::optional<double> delay_target;
};

HardwareCost hardware_cost(const Netlist& multiplier, AdderCells adders, std::shared_ptr<const Library> library,
                           const OperandStimulus& stimulus, const CostOptions& options);

/// The cheaper (in energy, glitches included) of adder cells and gates; of equals, adder cells. Without adders in the
/// netlist or adder cells in the library it is mapped once, to gates.
HardwareCost best_hardware_cost(const Netlist& multiplier, std::shared_ptr<const Library> library,
                                const OperandStimulus& stimulus, const CostOptions& options);

/// An exact multiplier that others are measured against.
struct ExactMultiplier {
  std::string name;  ///< such as "exact Dadda, adder cells"
  HardwareCost cost;
};

/// Exact multipliers of these widths: array, Wallace and Dadda tree, each the cheaper of adder cells (where the library
/// has them) and gates; the cheapest (in energy, glitches included) first.
std::vector<ExactMultiplier> exact_multipliers(int a_bits, int b_bits, bool is_signed,
                                               std::shared_ptr<const Library> library,
                                               const OperandStimulus& stimulus, const CostOptions& options,
                                               int threads);

/// Positions of the points that no other point beats or equals in both error and cost while being better in one, by
/// rising error; of equal points the first.
std::vector<size_t> non_dominated(const std::vector<std::pair<double, double>>& error_and_cost);

}  // namespace tram::axm
