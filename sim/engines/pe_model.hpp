#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/cells/energy/transition_energy.hpp"
#include "models/multiplier/netlist.hpp"
#include "sim/engines/pe_energies.hpp"
#include "sim/engines/pe_nets.hpp"
#include "sim/engines/stream_block.hpp"

namespace tram {

/// What of the transition tables a model is to have.
enum class Tables { none, of_delays, both };

/// All that the engines share about a PE: its cells, its values, its energies.
struct PeModel {
  /// Maps the PE and makes the tables on `threads`, all cached. Throws as map_pe and transition_energy do.
  PeModel(const Scenario& scenario, const Netlist& netlist, std::shared_ptr<const Library> cells, Tables tables,
          int threads = 1);

  TruthTable table;
  PeDesign design;
  PeNets nets;
  PeMultiplier multiplier;
  PeEnergies energies;
  DelayModel delays = DelayModel::library;
  std::optional<TransitionEnergy> zero, library;  ///< those that were asked for

  const TransitionEnergy& transitions() const { return delays == DelayModel::zero ? *zero : *library; }
};

/// Weights of a fold in the whole array, [R][C]: the used rows are the last ones, the used columns the first.
void place_weights(const Fold& fold, int rows, int columns, std::vector<uint8_t>& weights);

/// J that the multipliers of the used rows spend on the fold's activations with these weights of the whole array, by
/// table number `index` of the block.
double stream_energy(const StreamBlock& block, size_t index, const TransitionEnergy& table, int columns,
                     std::span<const uint8_t> weights);

}  // namespace tram
