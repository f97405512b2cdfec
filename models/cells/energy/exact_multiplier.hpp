#pragma once
#include <memory>
#include <string>
#include <vector>

#include "models/cells/energy/multiplier_cost.hpp"

namespace tram {

/// An exact multiplier that others are measured against.
struct ExactMultiplier {
  std::string name;  ///< such as "exact Dadda, adder cells"
  HardwareCost cost;
  std::string circuit;  ///< in words, with its cells: "Dadda tree of adder cells FAX1, HAX1"
  Netlist netlist;
};

/// Exact multipliers of these widths: array, Wallace and Dadda tree (signed: modified Baugh-Wooley), each as
/// best_hardware_cost maps it; the cheapest (in energy, glitches
/// included) first. What every ratio of energies names as 1 is the first.
std::vector<ExactMultiplier> exact_multipliers(int a_bits, int b_bits, bool is_signed,
                                               const std::shared_ptr<const Library>& library,
                                               const OperandStimulus& stimulus, const CostOptions& options);

/// The operands behind figures that are to compare with published ones, and the defaults of tram_axm compare: 10,000
/// uniform random pairs, seed 1.
OperandStimulus reference_stimulus(int a_bits, int b_bits);
/// The options that go with them: one pair each `period` (s), or what a slower netlist needs.
CostOptions reference_cost_options(double period, AdderCells adders);

/// The first of exact_multipliers for reference_stimulus: what `multiplier: exact` is in a library. `adders`: gates
/// leaves adder cells out.
ExactMultiplier best_exact_multiplier(int bits, bool is_signed, const std::shared_ptr<const Library>& library,
                                      AdderCells adders, double period, int threads);

}  // namespace tram
