#include "sim/mapping/block_limits.hpp"

#include "models/support/error.hpp"

namespace tram {

void refuse_small_memory(const char* memory, const GemmProblem& problem, int64_t bytes, const char* what,
                         int64_t needed) {
  throw InputError(fmt::format("memory.{}", memory),
                   fmt::format("{} B are too small for layer '{}'; {} needs at least {} B (double buffered)", bytes,
                               problem.layer, what, needed));
}

int64_t rows_that_activations_hold(const GemmProblem& problem, const Limits& limits) {
  const Geometry& g = problem.geometry;
  const int64_t row = int64_t{g.window.in_width} * g.window.channels;
  const int64_t rows = limits.activation_half() / row;
  if (rows < g.kernel_height)
    refuse_small_memory("activations", problem, limits.activations, "a band of input rows as high as the kernel",
                        2 * row * g.kernel_height);
  return (rows - g.kernel_height) / g.window.stride + 1;
}

std::vector<Range> tiles_within_groups(const GemmProblem& problem, int64_t channels) {
  std::vector<Range> tiles;
  const int64_t of_group = problem.n / problem.groups;
  for (int32_t group = 0; group < problem.groups; ++group)
    for (const Range& tile : split(of_group, channels))
      tiles.push_back({static_cast<int32_t>(group * of_group) + tile.first, tile.count});
  return tiles;
}

bool blocks_better_outer(const GemmProblem& problem, const GemmTiling& t) {
  if (t.input_resident || t.blocks.size() == 1) return false;
  const auto blocks = static_cast<int64_t>(t.blocks.size()), n_tiles = static_cast<int64_t>(t.n_tiles.size());
  const int64_t weights = problem.n * problem.k, input = problem.input_bytes();
  return blocks * weights + input < (t.weights_resident ? 1 : blocks) * weights + n_tiles * input;
}

}  // namespace tram
