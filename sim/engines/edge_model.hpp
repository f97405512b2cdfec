#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "models/cells/energy/clock_gate.hpp"
#include "rtl/edge_design.hpp"
#include "rtl/pe_design.hpp"

namespace tram {

struct Scenario;

/// Cells of the array's edge and what a toggle of their nets costs: by net as PeEnergies, pins on what enters from
/// scratchpads included. Pins on a partial sum that enters are in the energy of the PE that it leaves.
struct EdgeEnergies {
  std::vector<double> joule;  ///< J a toggle, by net; clocks: 0
  double free_tick = 0;       ///< J a clock, of the registers that are always clocked
  double tick = 0;            ///< J a clock, of those behind the gate, with the net between
  ClockGateEnergy gate;       ///< 0 where the library has no gate: then they are always clocked
  bool has_gate = false;
  double leakage = 0;  ///< W, without the gate
};

/// A mapped accumulator or link of the chain, and its energies.
template <typename Design>
struct EdgePart {
  Design design;
  EdgeEnergies energies;
};

/// The array's edge: an accumulator a column, and for weights with a zero point the sums of the activations and an
/// accumulator of those.
struct EdgeModel {
  /// Maps them, cached. Throws as map_to_library does.
  EdgeModel(const PeDesign& pe, const Scenario& scenario);

  double critical_path = 0;                    ///< s, of all three
  EdgePart<AccumulatorDesign> column;          ///< of a column's sums
  EdgePart<ActivationSumDesign> link;          ///< sums activations
  EdgePart<AccumulatorDesign> of_activations;  ///< of those sums, over k tiles
};

}  // namespace tram
