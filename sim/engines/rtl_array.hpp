#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "rtl/pe_contract.hpp"
#include "rtl/row_model.hpp"
#include "sim/engines/engine.hpp"

namespace tram {

/// Activity of all nets of all PEs, summed over PEs, since it was last cleared.
struct ArrayActivity {
  std::vector<uint64_t> toggles, ones;  ///< by net of MappedRow::nets
  uint64_t samples = 0;                 ///< PE values that `ones` was sampled from
  double pe_clocks = 0;                 ///< clocks x PEs
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
class RtlArray {
 public:
  /// PEs whose weight and sum move south and whose activation moves east.
  RtlArray(const RowLibrary& library, const PeContract& contract, int rows, int columns);

  void reset();
  /// Runs a fold; products are the raw sums of all rows, the idle ones included, without the low product bits that
  /// the PE does not have.
  void run(const Fold& fold);
  /// Clocks of a fold with a stream of m.
  int64_t clocks(int64_t m) const { return weight_stationary_fold_cycles(rows_, columns_, m); }

  ArrayActivity& activity() { return activity_; }
  void watch(std::vector<uint32_t> nets, RowObserver observer);
  void stop_watching() { observer_ = nullptr; }

 private:
  void stream_inputs(const Fold& fold, int64_t clocks);
  void run_segment(int segment, const Fold& fold, int64_t clocks);
  void run_group(int segment, int group, int64_t clocks);
  void collect(int segment, const Fold& fold);

  int rows_, columns_, groups_, segments_;
  size_t south_planes_, weight_planes_, sum_planes_;
  std::vector<RowGroup> models_;      // [segment][group]
  std::vector<uint64_t> last_south_;  // [segment][group][plane]: outputs after the last clock
  std::vector<uint64_t> last_east_;   // [segment][group][row]: leaving the segment after the last clock
  ArrayActivity activity_;
  std::vector<uint32_t> watched_nets_;
  RowObserver observer_;

  // Of the fold at hand; one clock longer than it, as outputs of clock t are inputs below and right of clock t + 1.
  std::vector<uint8_t> load_;
  std::vector<uint64_t> east_, east_out_, south_in_, south_out_, watched_;
};

}  // namespace tram
