#pragma once
#include <memory>

#include "models/cells/liberty/liberty.hpp"
#include "models/multiplier/netlist.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

struct Scenario;

/// The engine that the scenario names, with this multiplier; `table` with its share of co-simulation. The seed draws
/// samples and folds to co-simulate; what is computed before the run takes up to `threads`. InputError for another name;
/// throws as the engines do.
std::unique_ptr<Engine> make_engine(const Scenario& scenario, const Netlist& multiplier,
                                    std::shared_ptr<const Library> library, uint64_t seed, int threads);

}  // namespace tram
