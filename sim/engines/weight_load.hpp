#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/cells/netlist/lane_simulation.hpp"
#include "sim/engines/pe_energies.hpp"
#include "sim/engines/pe_nets.hpp"

namespace tram {

/// Energy of shifting the weights of a fold into the array, over those of the fold before, with every activation at
/// code 0: weight registers, their multiplexers, and what of the multiplier moves with the weight alone. Exact, for
/// all PEs, at zero delay; equal to the toggles that the RTL counts.
///
/// The weights of a column form a tape: those of the fold before from the last row up, then the new ones from the last
/// row up, then 0. In R clocks row r shows its positions R-1-r to 2R-1-r, so a step of the tape counts as often as
/// there are rows that show it. `load` rises before the first of these clocks and falls after the last.
class WeightLoad {
 public:
  WeightLoad(const PeDesign& design, const PeNets& nets, const PeEnergies& energies, int rows, int columns);

  /// Weights 0, as after reset.
  void reset();
  /// Loads [rows][columns] codes of the whole array, idle PEs included; returns multiplier and register energy.
  ArrayEnergy load(std::span<const uint8_t> weights);

 private:
  void shift_in(std::span<const uint8_t> weights);
  void compute_states();
  void compute_nets();
  uint64_t toggles(std::span<const uint64_t> values, std::span<const uint64_t> before) const;
  std::span<uint64_t> plane(size_t bit) { return {tape_.data() + bit * words(2 * rows_ + 1), words(2 * rows_ + 1)}; }
  size_t words(size_t positions) const { return positions * segments_; }

  size_t rows_, columns_, segments_;  // a segment: 64 columns, a word
  size_t weight_bits_, activation_bits_;
  size_t flops_;                // of the weight
  std::vector<uint64_t> mask_;  // [segment] columns that exist
  LaneSimulation next_states_, simulation_;
  std::vector<double> multiplier_, registers_;  // J a toggle, by target of simulation_
  std::vector<uint64_t> tape_;                  // [bit][position][segment]
  std::vector<uint64_t> before_;                // [target][position R .. 2R-1][segment] after the last load
};

}  // namespace tram
