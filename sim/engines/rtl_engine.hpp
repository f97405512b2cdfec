#pragma once
#include <memory>

#include "models/cells/liberty/liberty.hpp"
#include "models/multiplier/netlist.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

struct PeModel;
struct Scenario;

/// The engine `rtl`: every PE is the Verilated netlist of library cells, clocked one by one, and the toggles of every
/// net of every PE are counted. Maps the PE (rtl/pe_design.hpp) and compiles its row (rtl/row_compiler.hpp) unless the
/// caches have them. The RTL has one settled value a net and clock; with technology.delays: library the multiplier's
/// glitches are the difference of the transition tables with the library's delays and without, for the operands of
/// every PE. The adder that forms activation_sums at the edge of the array is not part of the RTL, nor of the energy.
/// Tables are made on `threads`. Throws as PeModel and compile_row do.
std::unique_ptr<Engine> make_rtl_engine(const Scenario& scenario, const Netlist& multiplier,
                                        std::shared_ptr<const Library> library, int threads = 1);

/// The same with a model at hand, which needs both tables when delays is library.
std::unique_ptr<Engine> make_rtl_engine(const Scenario& scenario, std::shared_ptr<const PeModel> model);

}  // namespace tram
