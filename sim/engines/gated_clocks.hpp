#pragma once
#include <cstdint>
#include <span>

namespace tram {

struct Fold;

/// When the clocks of an array with gated PEs (rtl/arrays/weight_stationary/tram_gated_pe.sv) tick. The part of a
/// column in a block of `block_rows` rows shares two clock gates, for the PEs' clock and for the loading of weights.
/// Their enables come in from the west, row block by row block, and move on a column a clock, as the activations do.
///
/// A fold streams its m activations, then one of code 0 whose product counts, so that the multipliers rest at 0, then
/// one that does not, so that products and sums rest at 0. With a second weight register the copy goes ahead, with one
/// more activation that does not count. Vector v of row r and column c is taken at the edge of clock stream + r + c +
/// v, its product and sum at the next one. Hence for the first row r of a block of h rows, and the used rows and
/// columns alone:
///   clock      edges stream + r + c (one less with copy) .. stream + r + h - 1 + c + m + 2
///   loading    edges load + r .. load + R - 1; with a second register, c later
/// Weights pass through all rows above, also those that are not used. Columns that are not used see no clock.
class GatedClocks {
 public:
  static constexpr int block_rows = 8;

  GatedClocks(int rows, int columns, bool has_copy) : rows_(rows), columns_(columns), has_copy_(has_copy) {}

  bool has_copy() const { return has_copy_; }
  /// Clocks from the first shift of weights to the first activation's edge, the least.
  int64_t load_to_stream() const { return has_copy_ ? rows_ + 1 : rows_ - 1; }
  /// Clocks of a fold that runs alone, from the first shift on.
  int64_t clocks(int64_t m) const { return load_to_stream() + rows_ + columns_ + m + 1; }

  /// Adds the lanes (columns first_column ..) that tick, words[clock], of the block that holds this row: of the clock
  /// for a fold whose first activation is taken at edge `stream`, and of loading that begins at edge `load`.
  void add_enabled(const Fold& fold, int row, int first_column, int64_t stream, std::span<uint64_t> words) const;
  void add_loading(const Fold& fold, int row, int first_column, int64_t load, std::span<uint64_t> words) const;

  /// Ticks of a fold, summed over the array: of the parts that share a gate, and of the PEs behind them.
  struct Ticks {
    int64_t parts = 0, pes = 0;
  };
  Ticks enabled(const Fold& fold) const;
  Ticks loading(const Fold& fold) const;
  /// Parts of the array that have gates of their own.
  int64_t parts() const { return int64_t{(rows_ + block_rows - 1) / block_rows} * columns_; }

 private:
  int height(int block) const;
  bool is_used(const Fold& fold, int block) const;
  int64_t enabled_edges(const Fold& fold, int block) const;

  int rows_, columns_;
  bool has_copy_;
};

}  // namespace tram
