#pragma once
#include <span>

#include "models/cells/netlist/lane_simulation.hpp"
#include "sim/engines/pe_model.hpp"

namespace tram {

/// PE (0, 0) of a fold that uses all rows: its last weight shift and its first activation fall into one clock.
class LoadOverlap {
 public:
  LoadOverlap(const PeModel& model, int rows, int columns);

  /// What the multiplier's energy of that one clock is above the sum of the two changes one after the other, J (zero
  /// delay). weights, old_weights: of the whole array.
  double correction(const Fold& fold, std::span<const uint8_t> weights, std::span<const uint8_t> old_weights);

 private:
  int rows_, columns_;
  size_t weight_bits_, activation_bits_;
  LaneSimulation simulation_;  // given: weight_o, activation_o
  std::vector<double> joule_;  // by target
};

}  // namespace tram
