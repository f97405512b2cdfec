#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "rtl/pe_contract.hpp"
#include "rtl/row_model.hpp"
#include "sim/engines/engine.hpp"
#include "sim/engines/gated_clocks.hpp"

namespace tram {

/// Activity of all nets of all PEs, summed over PEs, since it was last cleared.
struct ArrayActivity {
  std::vector<uint64_t> toggles, ones;  ///< by net of MappedRow::nets
  uint64_t samples = 0;                 ///< PE values that `ones` was sampled from
  std::vector<uint64_t> ticks;          ///< by clock of a gated PE's contract: PEs in which it ticked
};

/// A fold at its place in time: the clocks at whose edges its first weights enter row 0 and its first activation is taken
/// by the first PE.
struct PlacedFold {
  const Fold* fold = nullptr;
  int64_t load = 0, stream = 0;
};

/// Receives the settled words of the watched nets after each clock of a group of rows:
/// words[(clock * nets + i) * tram_row_group + row] holds 64 columns.
using RowObserver =
    std::function<void(int first_row, int first_column, int64_t clocks, const std::vector<uint64_t>& words)>;

/// A rows x columns weight-stationary array of Verilated PEs. Columns are cut into segments of 64 lanes and rows into
/// groups that are evaluated together; as data moves only down and to the right, each group is run for all clocks of
/// a fold before the next one, with the same result as clocking the whole array.
///
/// Clocks of a fold (R rows, C columns, stream of M), T = 2 R + C + M - 2:
///   clocks 0 .. R-1           weights shift down; row 0 takes the weights of row R-1 first
///   clock R-1 + r + m         activation m enters row r (its register takes it at the edge that ends the load, for r = 0)
///   after clock 2R-1 + m + c  the sum that leaves the last row is the result (m, c)
/// An edge fold uses the last rows, so that its partial sums do not pass through idle rows; the others hold weights
/// and activations of code 0.
///
/// Gated PEs are clocked as GatedClocks says. A vector's flags are 1 for the activations that count: all, or those of a
/// code other than 0, with which the registers at the array's edge are gated too: the others keep the activation before.
class RtlArray {
 public:
  /// PEs whose weight and sum move south and whose activation moves east. skip_zeros: activations of code 0 do not count
  /// (of gated PEs).
  RtlArray(const RowLibrary& library, const PeContract& contract, int rows, int columns, bool skip_zeros = false);

  void reset();
  /// Runs a fold; products are the raw sums of all rows, the idle ones included, without the low product bits that
  /// the PE does not have.
  void run(const Fold& fold);
  /// Runs folds that overlap in so many clocks.
  void run(std::span<const PlacedFold> folds, int64_t clocks);
  /// Clock of a fold at whose edge the first PE takes the first activation.
  int64_t stream() const { return is_gated_ ? gated_.load_to_stream() : rows_ - 1; }
  /// Clocks of a fold with a stream of m.
  int64_t clocks(int64_t m) const {
    return is_gated_ ? gated_.clocks(m) : weight_stationary_fold_cycles(rows_, columns_, m);
  }

  ArrayActivity& activity() { return activity_; }
  void watch(std::vector<uint32_t> nets, RowObserver observer);
  void stop_watching() { observer_ = nullptr; }

 private:
  void stream_inputs(const PlacedFold& placed, int64_t clocks);
  void stream_row(const PlacedFold& placed, int k, std::span<uint64_t> stream) const;
  void enter_weights(int segment, const PlacedFold& placed);
  void enable_clocks(int segment, int group, std::span<const PlacedFold> folds, int64_t clocks);
  void run_segment(int segment, std::span<const PlacedFold> folds, int64_t clocks);
  void run_group(int segment, int group, int64_t clocks);
  void collect(int segment, const PlacedFold& placed);

  int rows_, columns_, groups_, segments_;
  size_t south_planes_, weight_planes_, sum_planes_;
  bool is_gated_, skip_zeros_;
  GatedClocks gated_;
  uint64_t flag_ = 0, swap_ = 0;      // planes that enter from the west, as masks
  std::vector<RowGroup> models_;      // [segment][group]
  std::vector<uint64_t> last_south_;  // [segment][group][plane]: outputs after the last clock
  std::vector<uint64_t> last_east_;   // [segment][group][row]: leaving the segment after the last clock
  ArrayActivity activity_;
  std::vector<uint32_t> watched_nets_;
  RowObserver observer_;

  // Of the folds at hand; one clock longer than they, as outputs of clock t are inputs below and right of clock t + 1.
  std::vector<uint64_t> load_, enable_;  // of a group of rows
  std::vector<uint64_t> east_, east_out_, south_in_, south_out_, watched_;
};

}  // namespace tram
