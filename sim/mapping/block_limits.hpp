#pragma once
#include <cstdint>
#include <vector>

#include "sim/mapping/limits.hpp"
#include "sim/mapping/tiling.hpp"

namespace tram {

/// Throws the InputError of a memory ("weights") of so many B that does not hold what a layer needs at least.
[[noreturn]] void refuse_small_memory(const char* memory, const GemmProblem& problem, int64_t bytes, const char* what,
                                      int64_t needed);

/// B of a block of m output positions and so many channels: int32 sums and the sum of the activations.
constexpr int64_t sum_bytes(int64_t m, int64_t channels) { return 4 * m * (channels + 1); }

/// Most output rows of a block whose input rows, with halo, fit half of the activation scratchpad. InputError where not
/// one does.
int64_t rows_that_activations_hold(const GemmProblem& problem, const Limits& limits);

/// Output channels in tiles of at most so many, each within a group.
std::vector<Range> tiles_within_groups(const GemmProblem& problem, int64_t channels);

/// Whether fewer bytes cross the bus with the blocks as the outer loop, whose weights then come once a block, than
/// with the n tiles, whose input then comes once a tile.
bool blocks_better_outer(const GemmProblem& problem, const GemmTiling& tiling);

}  // namespace tram
