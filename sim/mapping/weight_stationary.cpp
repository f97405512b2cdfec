#include <algorithm>

#include "sim/mapping/block_limits.hpp"
#include "sim/mapping/dataflow.hpp"
#include "sim/mapping/stationary_schedule.hpp"

namespace tram {
namespace {

/// Most output rows of a block whose sums fit half of the output scratchpad.
int64_t rows_that_outputs_hold(const GemmProblem& problem, int64_t columns, const Limits& limits) {
  const int64_t row = sum_bytes(problem.geometry.window.out_width, columns);
  const int64_t rows = limits.output_half() / row;
  if (rows == 0) refuse_small_memory("outputs", problem, limits.outputs, "a row of its output", 2 * row);
  return rows;
}

/// Loop order: n tile, row block, k tile; or row block, n tile, k tile where that moves less. The weights of an n tile
/// stay for all its folds that follow each other if they fit half of the weight scratchpad; else each fold's weights
/// are loaded anew. The input map stays for the layer if it fits half of the activation scratchpad; else a row block's
/// band of rows is loaded when its turn comes. Sums of a row block are gathered in half of the output scratchpad over
/// the k tiles while the other half is requantised and stored.
class WeightStationary : public Dataflow {
 public:
  std::string name() const override { return "weight_stationary"; }

  int tile_channels(int64_t, const Limits& limits) const override { return limits.columns; }

  /// A fold costs 2R + C + m - 2, so cycles are least with the fewest row blocks: as high as the memories allow.
  GemmTiling tile(const GemmProblem& problem, const Limits& limits) const override {
    GemmTiling t;
    t.n_tiles = tiles_within_groups(problem, limits.columns);
    t.k_tiles = split(problem.k, limits.rows);
    const int64_t columns = t.n_tiles.front().count;
    const int64_t tile_bytes = int64_t{t.k_tiles.front().count} * columns;
    if (!problem.stationary_on_chip && tile_bytes > limits.weight_half())
      refuse_small_memory("weights", problem, limits.weights, "a fold of weights with its channel parameters",
                          2 * (tile_bytes + limits.parameter_bytes()));
    t.weights_resident = problem.stationary_on_chip || problem.k * columns <= limits.weight_half();
    t.input_resident = problem.input_on_chip || problem.input_bytes() <= limits.activation_half();
    int64_t rows = std::min<int64_t>(problem.geometry.out_height, rows_that_outputs_hold(problem, columns, limits));
    if (!t.input_resident) rows = std::min(rows, rows_that_activations_hold(problem, limits));
    for (const Range& block : split_evenly(problem.geometry.out_height, rows))
      t.blocks.push_back(problem.geometry.positions(block));
    t.blocks_outer = blocks_better_outer(problem, t);
    return t;
  }

  void schedule(const GemmTask& task, ProgramBuilder& program) const override {
    schedule_stationary(task, false, program);
  }
};

}  // namespace

std::unique_ptr<Dataflow> make_weight_stationary() { return std::make_unique<WeightStationary>(); }

}  // namespace tram
