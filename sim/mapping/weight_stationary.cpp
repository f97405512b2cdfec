#include <algorithm>

#include "models/support/error.hpp"
#include "sim/mapping/dataflow.hpp"
#include "sim/mapping/weight_stationary_schedule.hpp"

namespace tram {
namespace {

/// Bytes of an output block of m rows and so many columns: int32 sums and the sum of the activations.
int64_t block_bytes(int64_t m, int64_t columns) { return 4 * m * (columns + 1); }

[[noreturn]] void too_small(const char* memory, const GemmProblem& problem, int64_t bytes, const char* what,
                            int64_t needed) {
  throw InputError(fmt::format("memory.{}", memory),
                   fmt::format("{} B are too small for layer '{}'; {} needs at least {} B (double buffered)", bytes,
                               problem.layer, what, needed));
}

/// Most output rows of a block whose sums fit half of the output scratchpad.
int64_t rows_that_outputs_hold(const GemmProblem& problem, int64_t columns, const Limits& limits) {
  const int64_t row = block_bytes(problem.geometry.window.out_width, columns);
  const int64_t rows = limits.output_half() / row;
  if (rows == 0) too_small("outputs", problem, limits.outputs, "a row of its output", 2 * row);
  return rows;
}

/// Most output rows of a block whose input rows, with halo, fit half of the activation scratchpad.
int64_t rows_that_activations_hold(const GemmProblem& problem, const Limits& limits) {
  const Geometry& g = problem.geometry;
  const int64_t row = int64_t{g.window.in_width} * g.window.channels;
  const int64_t rows = limits.activation_half() / row;
  if (rows < g.kernel_height)
    too_small("activations", problem, limits.activations, "a band of input rows as high as the kernel",
              2 * row * g.kernel_height);
  return (rows - g.kernel_height) / g.window.stride + 1;
}

std::vector<Range> tiles_within_groups(const GemmProblem& problem, int64_t columns) {
  std::vector<Range> tiles;
  const int64_t channels = problem.n / problem.groups;
  for (int32_t group = 0; group < problem.groups; ++group)
    for (const Range& tile : split(channels, columns))
      tiles.push_back({static_cast<int32_t>(group * channels) + tile.first, tile.count});
  return tiles;
}

/// Whether fewer bytes cross the bus with the row blocks as the outer loop, whose weights then come once a block, than
/// with the n tiles, whose input then comes once a tile.
bool blocks_better_outer(const GemmProblem& problem, const GemmTiling& t) {
  if (t.input_resident || t.row_blocks.size() == 1) return false;
  const auto blocks = static_cast<int64_t>(t.row_blocks.size()), n_tiles = static_cast<int64_t>(t.n_tiles.size());
  const int64_t weights = problem.n * problem.k, input = problem.input_bytes();
  return blocks * weights + input < (t.weights_resident ? 1 : blocks) * weights + n_tiles * input;
}

/// Loop order: n tile, row block, k tile; or row block, n tile, k tile where that moves less. The weights of an n tile
/// stay for all its folds that follow each other if they fit half of the weight scratchpad; else each fold's weights
/// are loaded anew. The input map stays for the layer if it fits half of the activation scratchpad; else a row block's
/// band of rows is loaded when its turn comes. Sums of a row block are gathered in half of the output scratchpad over
/// the k tiles while the other half is requantised and stored.
class WeightStationary : public Dataflow {
 public:
  std::string name() const override { return "weight_stationary"; }

  /// A fold costs 2R + C + m - 2, so cycles are least with the fewest row blocks: as high as the memories allow.
  GemmTiling tile(const GemmProblem& problem, const Limits& limits) const override {
    GemmTiling t;
    t.n_tiles = tiles_within_groups(problem, limits.columns);
    t.k_tiles = split(problem.k, limits.rows);
    const int64_t columns = t.n_tiles.front().count;
    const int64_t tile_bytes = int64_t{t.k_tiles.front().count} * columns;
    if (!problem.stationary_on_chip && tile_bytes > limits.weight_half())
      too_small("weights", problem, limits.weights, "a fold of weights with its channel parameters",
                2 * (tile_bytes + limits.parameter_bytes()));
    t.weights_resident = problem.stationary_on_chip || problem.k * columns <= limits.weight_half();
    t.input_resident = problem.input_on_chip || problem.input_bytes() <= limits.activation_half();
    int64_t rows = std::min<int64_t>(problem.geometry.out_height, rows_that_outputs_hold(problem, columns, limits));
    if (!t.input_resident) rows = std::min(rows, rows_that_activations_hold(problem, limits));
    t.row_blocks = split_evenly(problem.geometry.out_height, rows);
    t.blocks_outer = blocks_better_outer(problem, t);
    return t;
  }

  void schedule(const GemmTask& task, ProgramBuilder& program) const override {
    schedule_weight_stationary(task, program);
  }
};

}  // namespace

std::unique_ptr<Dataflow> make_weight_stationary() { return std::make_unique<WeightStationary>(); }

}  // namespace tram
