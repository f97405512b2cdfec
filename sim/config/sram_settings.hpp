#pragma once
#include <string>

#include "sim/config/scenario.hpp"

namespace tram {

/// Sets energies, leakage and area of the scratchpads by sram_node, each bank an SRAM of its own; energies that are
/// given stay. choose_node: by the node of the Liberty library first, 45 nm where that is not known.
void set_sram_figures(Scenario& scenario, bool choose_node);

/// One line about energies, leakage and area of the scratchpads, with source and node, beside the node of the logic.
std::string sram_note(const Scenario& scenario);

/// Of the cells, nm; 0: not known.
double logic_node(const Scenario& scenario);

}  // namespace tram
