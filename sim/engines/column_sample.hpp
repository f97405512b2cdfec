#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/cells/netlist/lane_simulation.hpp"
#include "models/multiplier/truth_table.hpp"
#include "sim/engines/pe_energies.hpp"
#include "sim/engines/pe_nets.hpp"

namespace tram {

/// What the PEs of one column do in a fold.
struct ColumnFold {
  std::span<const uint8_t> old_weights, weights;  ///< [rows of the array], row 0 first, idle rows 0
  std::span<const uint8_t> streams;               ///< [used rows][m]; the used rows are the last ones
  std::span<const uint8_t> registered;            ///< the same as the registers hold them (StreamBlock::registered)
  int m = 0;
};

/// Adder and register energy of single PEs, by bit-parallel simulation of their cells on their real operands and
/// partial sums (every net that product or partial sum moves; zero delay, and the adder of a settled product has no
/// glitches of the multiplier). Of gated PEs (gated_clocks.hpp) products and sums rest at 0 before and behind the stream.
class ColumnSample {
 public:
  ColumnSample(const PeDesign& design, const PeNets& nets, const PeEnergies& energies, const TruthTable& table,
               int rows, bool skip_zeros);

  /// True when products do not move while the weights load (table(w, 0) is the same for all w; or used PEs alone move).
  bool is_quiet() const { return quiet_ || has_copy_; }
  /// True when the PEs of a column without weights do nothing either (table(0, x) is the same for all x).
  bool idle_is_quiet() const { return idle_quiet_; }

  /// Energy of the PEs in these rows of the column (ascending): adder and registers, J, in the same order.
  void run(const ColumnFold& fold, std::span<const int> rows, std::span<ArrayEnergy> energy);
  /// Of the last PE of the last run: the part of its energy when its product and sum registers change back to idle.
  ArrayEnergy last_change();

 private:
  size_t lanes(const ColumnFold& fold) const;
  size_t stream_lane() const;
  std::span<const uint8_t> row_of(std::span<const uint8_t> streams, const ColumnFold& fold, int row) const;
  void count_flags(const ColumnFold& fold, int row);
  void place_flags(size_t index);
  uint8_t weight_at(const ColumnFold& fold, int row, int lane) const;
  void products_of_row(const ColumnFold& fold, int row, std::span<uint32_t> products) const;
  uint32_t value(uint32_t product) const;
  void place(size_t index, std::span<const uint32_t> products, std::span<const uint32_t> sums);
  ArrayEnergy priced(size_t first, std::span<const uint64_t> mask);
  void place_operands(const ColumnFold& fold, int row, size_t index, size_t count);

  int rows_, product_lsb_;
  size_t weight_bits_, activation_bits_, psum_planes_;
  std::vector<uint16_t> products_;  // [w][x], bits of the product without the low ones
  uint32_t sign_;                   // of those: the highest bit of a product with a sign, else 0
  bool sign_magnitude_;
  std::vector<int> product_bit_;           // by net that leaves the multiplier
  LaneSimulation simulation_;              // given: leaving nets, the sum that enters, registered weight and activation
  std::vector<double> adder_, registers_;  // J a toggle, by target
  std::vector<double> leaving_;            // the same of the registers' pins on leaving nets
  bool quiet_, idle_quiet_, is_gated_, has_copy_, skip_zeros_;
  std::vector<uint64_t> first_, mask_, ticks_, product_planes_;
  std::vector<uint32_t> products_of_pe_, sums_;
  std::vector<uint32_t> flags_;  // of gated PEs, by lane: 1 where the product counts
  size_t last_pe_ = 0, last_lane_ = 0;
};

}  // namespace tram
