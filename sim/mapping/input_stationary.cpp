#include <algorithm>

#include "sim/mapping/block_limits.hpp"
#include "sim/mapping/dataflow.hpp"
#include "sim/mapping/stationary_schedule.hpp"

namespace tram {
namespace {

/// Loop order and residency as in weight_stationary.cpp. A block is as many output positions as the array has
/// columns; an n tile is as many channels as the memories hold, whose weights stream.
class InputStationary : public Dataflow {
 public:
  std::string name() const override { return "input_stationary"; }

  /// Parameters take at most a quarter of each half of the weight scratchpad.
  int tile_channels(int64_t most_channels, const Limits& limits) const override {
    const int64_t half = (limits.weights - limits.resident_weights) / 2;
    const int64_t held = half / 4 / static_cast<int64_t>(sizeof(ChannelParameters));
    return static_cast<int>(std::min(std::max<int64_t>(held, limits.columns), most_channels));
  }

  /// A fold costs 2R + C + n - 2, so cycles are least with the fewest, longest n tiles.
  GemmTiling tile(const GemmProblem& problem, const Limits& limits) const override {
    GemmTiling t;
    t.k_tiles = split(problem.k, limits.rows);
    t.input_resident = problem.input_on_chip || problem.input_bytes() <= limits.activation_half();
    t.blocks = positions(problem, limits, t.input_resident);
    t.n_tiles = tiles_within_groups(problem, channels(problem, limits, t));
    t.weights_resident = problem.stationary_on_chip || problem.k * t.n_tiles.front().count <= limits.weight_half();
    t.blocks_outer = blocks_better_outer(problem, t);
    return t;
  }

  void schedule(const GemmTask& task, ProgramBuilder& program) const override {
    schedule_stationary(task, true, program);
  }

 private:
  /// Where the input passes in bands of rows, whole output rows or parts of one.
  static std::vector<Range> positions(const GemmProblem& problem, const Limits& limits, bool input_resident) {
    const Geometry& g = problem.geometry;
    if (input_resident) return split(int64_t{g.out_height} * g.window.out_width, limits.columns);
    const int64_t rows = std::min<int64_t>(rows_that_activations_hold(problem, limits),
                                           std::max(1, limits.columns / g.window.out_width));
    std::vector<Range> blocks;
    for (const Range& block : split(g.out_height, rows)) {
      const Range all = g.positions(block);
      for (const Range& part : split_evenly(all.count, limits.columns))
        blocks.push_back({all.first + part.first, part.count});
    }
    return blocks;
  }

  /// Channels of a tile. All taps of its weights stay where that leaves streams as long as the array is wide.
  static int64_t channels(const GemmProblem& problem, const Limits& limits, const GemmTiling& t) {
    const int64_t of_group = problem.n / problem.groups, taps = t.k_tiles.front().count;
    const int64_t m = std::ranges::max_element(t.blocks, {}, &Range::count)->count;
    const int64_t by_outputs = limits.output_half() / (4 * m) - 1;
    if (by_outputs < 1)
      refuse_small_memory("outputs", problem, limits.outputs, "a channel of a block of its output",
                          2 * sum_bytes(m, 1));
    const int64_t most = std::min({of_group, int64_t{limits.most_tile_channels()}, by_outputs});
    if (problem.stationary_on_chip) return most;
    const int64_t by_weights = limits.weight_half() / taps, resident = limits.weight_half() / problem.k;
    if (by_weights < 1)
      refuse_small_memory("weights", problem, limits.weights, "a channel of weights with its channel parameters",
                          2 * (taps + limits.parameter_bytes()));
    if (resident >= std::min<int64_t>(most, limits.columns)) return std::min(most, resident);
    return std::min(most, by_weights);
  }
};

}  // namespace

std::unique_ptr<Dataflow> make_input_stationary() { return std::make_unique<InputStationary>(); }

}  // namespace tram
