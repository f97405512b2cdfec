#pragma once
#include <memory>

#include "models/cells/liberty/liberty.hpp"
#include "models/multiplier/netlist.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

struct PeModel;
struct Scenario;

/// The engine `table`: the same integers and the same energies as `rtl` (see engine.hpp), from tables that derive from
/// the same netlist.
///   products      models/gemm TableGemm on the multiplier's truth table
///   multiplier    E(w, x_prev -> x_now) of every PE and clock (models/cells/energy/transition_energy.hpp), summed by row of
///                 the array for all weights at once; the weight load by bit-parallel simulation
///   registers     of weight and activation: exact, all PEs
///   adder and the registers of product and partial sum: all PEs (scenario key `sample: all`), or those of a random
///                 sample of columns and rows of each fold, as many as the key says
/// Tables are made on `threads`. Throws as map_pe and transition_energy do.
std::unique_ptr<Engine> make_table_engine(const Scenario& scenario, const Netlist& multiplier,
                                          std::shared_ptr<const Library> library, uint64_t seed, int threads = 1);

/// The same with a model at hand, which needs the table of its delay model.
std::unique_ptr<Engine> make_table_engine(const Scenario& scenario, std::shared_ptr<const PeModel> model,
                                          uint64_t seed);

}  // namespace tram
