#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/cells/energy/transition_energy.hpp"
#include "models/multiplier/netlist.hpp"
#include "sim/engines/edge_model.hpp"
#include "sim/engines/pe_energies.hpp"
#include "sim/engines/pe_nets.hpp"
#include "sim/engines/stream_block.hpp"

namespace tram {

/// What of the transition tables a model is to have.
enum class Tables { none, of_delays, both };

/// All that the engines share about a PE: its cells, its values, its energies. "Weight" is what it holds, "activation"
/// what streams through it: of an input-stationary array the other way round, the multiplier's operands exchanged.
struct PeModel {
  /// Maps the PE and makes the tables on `threads`, all cached. Throws as map_pe and transition_energy do.
  PeModel(const Scenario& scenario, const Netlist& netlist, std::shared_ptr<const Library> cells, Tables tables,
          int threads = 1);

  TruthTable table;
  PeKind kind;
  PeDesign design;
  PeNets nets;
  PeMultiplier multiplier;
  PeEnergies energies;
  std::shared_ptr<const EdgeModel> edge;
  DelayModel delays = DelayModel::library;
  bool skips_zeros = false;                       ///< gated PEs in which an activation of code 0 does not count
  std::optional<TransitionEnergy> zero, library;  ///< those that were asked for

  /// s, of the PE and of the accumulators behind it.
  double critical_path() const { return std::max(energies.critical_path, edge->critical_path); }
  /// Columns whose multipliers see the activations: all, but of gated PEs the used ones.
  int moving_columns(const Fold& fold, int columns) const { return kind == PeKind::plain ? columns : fold.columns; }
  /// Sum of the products of rows without a tap: code 0 by code 0, but of gated PEs they do not count.
  int32_t idle_sum(const Fold& fold, int rows) const {
    return kind == PeKind::plain ? (rows - fold.rows) * table.at(0, 0) : 0;
  }
  const TransitionEnergy& transitions() const { return delays == DelayModel::zero ? *zero : *library; }
};

/// The processing element that the scenario has.
PeKind pe_kind(const Scenario& scenario);
/// Whether activations of code 0 do not count: as the scenario says, and every product of code 0 is 0.
bool skips_zeros(const Scenario& scenario, const TruthTable& table);

/// Weights at work in the whole array, [R][C]: the used rows are the last ones, the used columns the first. Idle PEs
/// get code 0; of gated ones only the idle rows in used columns, with a second register none: the others keep what
/// they have.
void place_weights(const Fold& fold, int rows, int columns, PeKind kind, std::vector<uint8_t>& weights);

/// J that the multipliers of the used rows and `counted` columns spend on the fold's activations with these weights of
/// the whole array, by table number `index` of the block.
double stream_energy(const StreamBlock& block, size_t index, const TransitionEnergy& table, int columns, int counted,
                     std::span<const uint8_t> weights);

}  // namespace tram
