#pragma once
#include <cstdint>
#include <vector>

#include "sim/engines/engine.hpp"
#include "sim/engines/pe_energies.hpp"
#include "sim/engines/pe_nets.hpp"

namespace tram {

/// Energy of loading the weights of a fold into an array of gated PEs (gated_clocks.hpp), with every activation at
/// code 0: the registers of the weight and what of the multiplier moves with the weight at work alone. Exact, for all
/// PEs, at zero delay; equal to the toggles that the RTL counts.
///
/// A block of h rows that begins at row r shifts R - r times: its rows show, from the last one up, the h weights that
/// they had, then the new ones from row R - 1 up. A step of that tape counts for each row that shows it. With a second
/// register the tape moves that register, and each used PE copies once.
class GatedWeightLoad {
 public:
  GatedWeightLoad(const PeDesign& design, const PeNets& nets, const PeEnergies& energies, int rows, int columns);

  /// Weights 0, as after reset.
  void reset();
  /// Loads the fold's weights; returns multiplier and register energy.
  ArrayEnergy load(const Fold& fold);

 private:
  /// J of a change from code a to code b, at [a << 8 | b].
  struct Steps {
    std::vector<double> multiplier, registers;
  };
  void add_block(const Fold& fold, int first_row, ArrayEnergy& energy) const;
  void add_edges(const Fold& fold, ArrayEnergy& energy) const;
  void copy(const Fold& fold, ArrayEnergy& energy);
  const uint8_t* tape(int first_row, int height, int position) const;

  int rows_, columns_;
  Steps shift_;                            // of the register that shifts, with the pins of the row below
  Steps enter_;                            // of those pins alone
  Steps copy_;                             // of the register at work, where there are two
  std::vector<uint8_t> old_, new_, work_;  // [row][column]: of the register that shifts; at work
};

}  // namespace tram
