#include <algorithm>

#include "models/support/error.hpp"
#include "sim/mapping/dataflow.hpp"

namespace tram {
namespace {

/// Bytes of an output block of m rows and so many columns: int32 sums and the sum of the activations.
int64_t block_bytes(int64_t m, int64_t columns) { return 4 * m * (columns + 1); }

[[noreturn]] void too_small(const char* memory, const GemmLayer& layer, int64_t bytes, const char* what,
                            int64_t needed) {
  throw InputError(fmt::format("memory.{}", memory),
                   fmt::format("{} B are too small for layer '{}'; {} needs at least {} B (double buffered)", bytes,
                               layer.name, what, needed));
}

/// Most output rows of a block whose sums fit half of the output scratchpad.
int64_t rows_that_outputs_hold(const GemmLayer& layer, const Geometry& g, int64_t columns, const Limits& limits) {
  const int64_t row = block_bytes(g.window.out_width, columns);
  const int64_t rows = limits.output_half() / row;
  if (rows == 0) too_small("outputs", layer, limits.outputs, "a row of its output", 2 * row);
  return rows;
}

/// Most output rows of a block whose input rows, with halo, fit half of the activation scratchpad.
int64_t rows_that_activations_hold(const GemmLayer& layer, const Geometry& g, const Limits& limits) {
  const int64_t row = int64_t{g.window.in_width} * g.window.channels;
  const int64_t rows = limits.activation_half() / row;
  if (rows < g.kernel_height)
    too_small("activations", layer, limits.activations, "a band of input rows as high as the kernel",
              2 * row * g.kernel_height);
  return (rows - g.kernel_height) / g.window.stride + 1;
}

/// Loop order: n tile, row block, k tile. The weights of an n tile stay for all its row blocks if they fit half of
/// the weight scratchpad; else each fold's weights are loaded anew. The input map stays for the layer if it fits half
/// of the activation scratchpad; else each row block loads its band of rows. Sums of a row block are gathered in
/// half of the output scratchpad over the k tiles while the other half is requantised and stored.
class WeightStationary : public Dataflow {
 public:
  std::string name() const override { return "weight_stationary"; }

  /// A fold costs 2R + C + m - 2, so cycles are least with the fewest row blocks: as high as the memories allow.
  GemmTiling tile(const GemmLayer& layer, const Limits& limits) const override {
    GemmTiling t;
    t.geometry = geometry_of(layer);
    t.n_tiles = split(layer.n(), limits.columns);
    t.k_tiles = split(layer.k(), limits.rows);
    const int64_t columns = t.n_tiles.front().count;
    const int64_t tile_bytes = int64_t{t.k_tiles.front().count} * columns;
    if (tile_bytes > limits.weight_half())
      too_small("weights", layer, limits.weights, "a fold of weights with its channel parameters",
                2 * (tile_bytes + limits.parameter_bytes()));
    t.weights_resident = layer.k() * columns <= limits.weight_half();
    t.input_resident = layer.in.size() <= limits.activation_half();
    int64_t rows = std::min<int64_t>(t.geometry.out_height, rows_that_outputs_hold(layer, t.geometry, columns, limits));
    if (!t.input_resident) rows = std::min(rows, rows_that_activations_hold(layer, t.geometry, limits));
    t.row_blocks = split_evenly(t.geometry.out_height, rows);
    return t;
  }

  void schedule(const GemmTask& task, ProgramBuilder& program) const override;
};

/// The commands of one layer.
class Scheduler {
 public:
  Scheduler(const GemmTask& task, ProgramBuilder& program)
      : task_(task), tiling_(task.tiling), window_(task.tiling.geometry.window), program_(program) {}

  void run() {
    if (tiling_.input_resident) input_free_ = program_.activations.turn();
    for (const Range& n : tiling_.n_tiles) {
      load_parameters(n);
      if (tiling_.weights_resident) load_resident_weights(n);
      for (size_t block = 0; block < tiling_.row_blocks.size(); ++block) run_block(n, block);
    }
  }

 private:
  void load_parameters(const Range& n) {
    const Progress free = program_.parameters.turn();
    constexpr uint32_t size = sizeof(ChannelParameters);
    const auto first = static_cast<uint64_t>(n.first);
    const auto count = static_cast<uint32_t>(n.count);
    parameters_ready_ =
        load(task_.parameters + size * first, program_.parameters.offset(), size * count, Memory::weights, free);
  }

  Progress load(uint64_t dram, uint32_t local, uint32_t bytes, Memory memory, const Progress& wait) {
    return program_.add(Unit::dma_in, wait,
                        DmaCommand{.dram = dram, .local = local, .rows = 1, .row_bytes = bytes, .memory = memory});
  }

  Progress load_weights(const Range& n, const Range& k, uint32_t local, const Progress& free) {
    const auto offset = static_cast<uint64_t>(weight_tile_offset(task_.layer.k(), n, k));
    return load(task_.weights + offset, local, static_cast<uint32_t>(k.count * n.count), Memory::weights, free);
  }

  void load_resident_weights(const Range& n) {
    const Progress free = program_.weights.turn();
    weights_ready_.clear();
    for (const Range& k : tiling_.k_tiles)
      weights_ready_.push_back(load_weights(n, k, resident_offset(n, k), free));
  }

  uint32_t resident_offset(const Range& n, const Range& k) const {
    return program_.weights.offset() + static_cast<uint32_t>(k.first * n.count);
  }

  Progress load_rows(const Range& rows, const Progress& free) {
    const int64_t row_bytes = int64_t{window_.in_width} * window_.channels;
    const int64_t first = rows.first * row_bytes, end = rows.end() * row_bytes;
    const Progress there = program_.tensors[static_cast<size_t>(task_.input_tensor)].ready(first, end);
    return load(task_.input + static_cast<uint64_t>(first),
                program_.activations.offset() + static_cast<uint32_t>((rows.first - band_first_row_) * row_bytes),
                static_cast<uint32_t>(end - first), Memory::activations, both(there, free));
  }

  /// A resident map arrives block by block, once; a band as a whole, for every n tile anew.
  Progress load_input(size_t block) {
    const Range rows = input_rows(tiling_.geometry, tiling_.row_blocks[block]);
    if (!tiling_.input_resident) {
      band_first_row_ = rows.first;
      const Progress free = program_.activations.turn();
      return rows.count > 0 ? load_rows(rows, free) : free;
    }
    if (rows.end() > rows_loaded_) {
      input_ready_ = load_rows({rows_loaded_, rows.end() - rows_loaded_}, input_free_);
      rows_loaded_ = rows.end();
    }
    return input_ready_;
  }

  FoldCommand fold(const Range& n, const Range& k, const Range& rows, uint32_t weights) const {
    return {.weights = weights,
            .activations = program_.activations.offset(),
            .outputs = program_.outputs.offset(),
            .rows = k.count,
            .columns = n.count,
            .first_tap = k.first,
            .first_out_row = rows.first,
            .out_rows = rows.count,
            .band_first_row = band_first_row_,
            .window = window_,
            .zero = static_cast<uint8_t>(task_.layer.input_zero),
            .accumulate = k.first > 0};
  }

  /// The weights of fold number `index`: there already, or loaded into the half that is free.
  std::pair<uint32_t, Progress> weights_of(const Range& n, size_t index) {
    const Range& k = tiling_.k_tiles[index];
    if (tiling_.weights_resident) return {resident_offset(n, k), weights_ready_[index]};
    const Progress free = program_.weights.turn();
    const uint32_t offset = program_.weights.offset();
    return {offset, load_weights(n, k, offset, free)};
  }

  void run_block(const Range& n, size_t block) {
    const Range& rows = tiling_.row_blocks[block];
    const Progress outputs_free = program_.outputs.turn();
    Progress input_ready, sums_ready;
    for (size_t index = 0; index < tiling_.k_tiles.size(); ++index) {
      const auto [weights, weights_ready] = weights_of(n, index);
      if (index == 0) input_ready = load_input(block);
      const Progress wait = both(both(weights_ready, input_ready), index == 0 ? outputs_free : Progress{});
      sums_ready = program_.add(Unit::array, wait, fold(n, tiling_.k_tiles[index], rows, weights));
      program_.weights.hold_until(sums_ready);
      program_.activations.hold_until(sums_ready);
    }
    finish_block(n, rows, sums_ready);
  }

  void finish_block(const Range& n, const Range& rows, const Progress& sums_ready) {
    const GemmLayer& layer = task_.layer;
    const bool logits = layer.requantise.empty();
    const int32_t m = rows.count * window_.out_width;
    const Progress results = program_.add(Unit::vector, both(sums_ready, parameters_ready_),
                                          RequantiseCommand{.outputs = program_.outputs.offset(),
                                                            .parameters = program_.parameters.offset(),
                                                            .m = m,
                                                            .columns = n.count,
                                                            .zero = layer.output_zero,
                                                            .clamp_low = layer.clamp_low,
                                                            .clamp_high = layer.clamp_high,
                                                            .logits = logits});
    program_.parameters.hold_until(results);
    const int64_t size = logits ? 4 : 1;
    const int64_t row_bytes = layer.n() * size;
    const int64_t first = int64_t{rows.first} * window_.out_width * row_bytes;
    const auto packed = static_cast<uint32_t>(n.count * size);
    const Progress stored = program_.add(
        Unit::dma_out, results,
        DmaCommand{.dram = task_.output + static_cast<uint64_t>(first + n.first * size),
                   .local = program_.outputs.offset(),
                   .rows = static_cast<uint32_t>(m),
                   .row_bytes = packed,
                   .dram_stride = static_cast<uint32_t>(row_bytes),
                   .local_stride = packed,
                   .memory = Memory::outputs});
    program_.outputs.hold_until(stored);
    program_.tensors[static_cast<size_t>(task_.output_tensor)].written(first, first + m * row_bytes, stored);
  }

  const GemmTask& task_;
  const GemmTiling& tiling_;
  const Window& window_;
  ProgramBuilder& program_;
  Progress parameters_ready_;
  std::vector<Progress> weights_ready_;   ///< by k tile, while resident
  Progress input_free_, input_ready_;     ///< of a resident map
  int32_t rows_loaded_ = 0;
  int32_t band_first_row_ = 0;
};

void WeightStationary::schedule(const GemmTask& task, ProgramBuilder& program) const {
  Scheduler(task, program).run();
}

}  // namespace

std::unique_ptr<Dataflow> make_weight_stationary() { return std::make_unique<WeightStationary>(); }

}  // namespace tram
