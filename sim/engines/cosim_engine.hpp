#pragma once
#include <memory>

#include "sim/engines/engine.hpp"
#include "sim/engines/pe_model.hpp"

namespace tram {

/// Wraps an engine: a random share of its folds runs on the Verilated array as well, each from the state after reset.
struct CosimOptions {
  double share = 0.01;  ///< of the folds, 0 .. 1
  uint64_t seed = 1;    ///< which folds: by this and their operands, whatever ran before
};

/// run() throws RunError at the first difference, naming layer, fold of the layer, PE and cycle: of a sum of products,
/// or of the multiplier's zero-delay energy beyond what rounding in the transition table allows.
/// model: the PE of the RTL, with the zero-delay table.
std::unique_ptr<Engine> make_cosim_engine(std::unique_ptr<Engine> engine, const Scenario& scenario,
                                          std::shared_ptr<const PeModel> model, const CosimOptions& options);

}  // namespace tram
