#pragma once
#include <memory>

#include "models/multiplier/netlist.hpp"
#include "models/power/liberty.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

/// The engine `rtl`: every PE is the Verilated netlist of library cells, clocked one by one, and the toggles of every
/// net of every PE are counted. Maps the PE (rtl/pe_design.hpp) and compiles its row (rtl/row_compiler.hpp) unless the
/// caches have them. Zero-delay activity: one settled value a net and clock, glitches are not counted. The adder that
/// forms activation_sums at the edge of the array is not part of the RTL, nor of the energy.
/// Throws as map_pe and compile_row do.
std::unique_ptr<Engine> make_rtl_engine(const Scenario& scenario, const Netlist& multiplier,
                                        std::shared_ptr<const Library> library);

}  // namespace tram
