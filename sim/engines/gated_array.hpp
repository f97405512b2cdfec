#pragma once
#include <optional>
#include <span>

#include "sim/engines/gated_clocks.hpp"
#include "sim/engines/gated_weight_load.hpp"
#include "sim/engines/load_overlap.hpp"
#include "sim/engines/pe_model.hpp"
#include "sim/engines/weight_load.hpp"

namespace tram {

/// What differs between an array of gated PEs and one of PEs that are clocked always: how weights load, and what ticks.

/// Energy of loading a fold's weights, by the kind of the PE.
class ArrayLoad {
 public:
  ArrayLoad(const PeModel& model, int rows, int columns);
  /// Weights 0, as after reset.
  void reset();
  /// weights, old_weights: those at work in the whole array, now and in the fold before (place_weights).
  ArrayEnergy load(const Fold& fold, std::span<const uint8_t> weights, std::span<const uint8_t> old_weights);

 private:
  std::optional<WeightLoad> plain_;
  std::optional<GatedWeightLoad> gated_;
  LoadOverlap overlap_;
  bool has_overlap_;
};

/// Energy of the clocks of a fold: clock pins and, of gated PEs, gates and what is between.
class ArrayClocks {
 public:
  ArrayClocks(const PeModel& model, int rows, int columns);
  /// By the fold's shape, and the activations that do not count.
  double energy(const Fold& fold, int64_t skipped) const;
  /// By what ticked in the PEs, by clock of the contract.
  double energy(const Fold& fold, std::span<const uint64_t> ticks) const;
  /// Engine::clock_tree_estimate.
  double tree_estimate(double slew) const;

 private:
  double energy(const Fold& fold, std::vector<double> pes) const;

  const PeModel& model_;
  GatedClocks clocks_;
  int rows_, columns_;
};

}  // namespace tram
