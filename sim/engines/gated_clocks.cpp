#include "sim/engines/gated_clocks.hpp"

#include <algorithm>

#include "sim/engines/engine.hpp"

namespace tram {
namespace {

constexpr int lanes = 64;

/// Sets lane `lane` in the words [first, first + count).
void set_lane(std::span<uint64_t> words, int lane, int64_t first, int64_t count) {
  const int64_t end = std::min<int64_t>(first + count, std::ssize(words));
  for (int64_t clock = std::max<int64_t>(first, 0); clock < end; ++clock)
    words[static_cast<size_t>(clock)] |= uint64_t{1} << lane;
}

}  // namespace

int GatedClocks::height(int block) const { return std::min(block_rows, rows_ - block * block_rows); }

bool GatedClocks::is_used(const Fold& fold, int block) const {
  return block * block_rows + height(block) > rows_ - fold.rows;
}

int64_t GatedClocks::enabled_edges(const Fold& fold, int block) const {
  return fold.m + height(block) + 2 + (has_copy_ ? 1 : 0);
}

void GatedClocks::add_enabled(const Fold& fold, int row, int first_column, int64_t stream,
                              std::span<uint64_t> words) const {
  const int block = row / block_rows;
  if (!is_used(fold, block)) return;
  const int64_t first = stream + block * block_rows + first_column - (has_copy_ ? 1 : 0);
  for (int lane = 0; lane < std::min(lanes, fold.columns - first_column); ++lane)
    set_lane(words, lane, first + lane, enabled_edges(fold, block));
}

void GatedClocks::add_loading(const Fold& fold, int row, int first_column, int64_t load,
                              std::span<uint64_t> words) const {
  const int first_row = row / block_rows * block_rows;
  for (int lane = 0; lane < std::min(lanes, fold.columns - first_column); ++lane)
    set_lane(words, lane, load + first_row + (has_copy_ ? first_column + lane : 0), rows_ - first_row);
}

GatedClocks::Ticks GatedClocks::enabled(const Fold& fold) const {
  Ticks ticks;
  for (int block = 0; block * block_rows < rows_; ++block) {
    if (!is_used(fold, block)) continue;
    const int64_t edges = enabled_edges(fold, block) * fold.columns;
    ticks.parts += edges;
    ticks.pes += edges * height(block);
  }
  return ticks;
}

GatedClocks::Ticks GatedClocks::loading(const Fold& fold) const {
  Ticks ticks;
  for (int block = 0; block * block_rows < rows_; ++block) {
    const int64_t edges = int64_t{rows_ - block * block_rows} * fold.columns;
    ticks.parts += edges;
    ticks.pes += edges * height(block);
  }
  return ticks;
}

}  // namespace tram
