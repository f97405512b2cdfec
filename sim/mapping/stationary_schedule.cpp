#include "sim/mapping/stationary_schedule.hpp"

#include <utility>

namespace tram {
namespace {

/// A block of weights, there from some point on.
struct Loaded {
  StationaryBlock block;
  Progress ready;
};

class Scheduler {
 public:
  Scheduler(const GemmTask& task, bool holds_activations, ProgramBuilder& program)
      : task_(task), tiling_(task.tiling), window_(task.problem.geometry.window), holds_activations_(holds_activations),
        program_(program) {}

  void run() {
    if (tiling_.input_resident && !task_.input.on_chip) input_free_ = program_.activations.turn();
    if (tiling_.blocks_outer) {
      for (const Range& block : tiling_.blocks)
        for (const Range& n : tiling_.n_tiles) {
          begin_tile(n);
          run_block(n, block);
        }
    } else {
      for (const Range& n : tiling_.n_tiles) {
        begin_tile(n);
        for (const Range& block : tiling_.blocks) run_block(n, block);
      }
    }
  }

 private:
  /// Parameters, and all weights of the tile if they stay.
  void begin_tile(const Range& n) {
    if (task_.weights_on_chip) return use_resident_weights(n);
    const Progress free = program_.parameters.turn();
    parameters_ = program_.parameters.offset();
    if (task_.stationary) {
      parameters_ready_ = free;
      columns_summed_ = 0;
    } else {
      load_parameters(n, free);
    }
    if (!tiling_.weights_resident) return;
    const Progress weights_free = is_stationary_on_chip() ? Progress{} : program_.weights.turn();
    weights_.clear();
    for (const Range& k : tiling_.k_tiles)
      weights_.push_back(
          load_weights(n, k, program_.weights.offset() + static_cast<uint32_t>(k.first * n.count), weights_free));
  }

  void use_resident_weights(const Range& n) {
    parameters_ = static_cast<uint32_t>(task_.parameters + sizeof(ChannelParameters) * static_cast<uint64_t>(n.first));
    weights_.clear();
    for (const Range& k : tiling_.k_tiles) {
      const int64_t offset = static_cast<int64_t>(task_.weights) + weight_tile_offset(task_.problem.k, n, k);
      weights_.push_back({{.code_bits = weight_bits(),
                           .offset = static_cast<uint32_t>(offset),
                           .pitch = static_cast<uint32_t>(n.count)},
                          {}});
    }
  }

  bool is_stationary_on_chip() const { return task_.stationary && task_.stationary->place.on_chip; }

  void load_parameters(const Range& n, const Progress& free) {
    constexpr uint32_t size = sizeof(ChannelParameters);
    parameters_ready_ = load({.dram = task_.parameters + size * static_cast<uint64_t>(n.first),
                              .local = parameters_,
                              .row_bytes = size * static_cast<uint32_t>(n.count),
                              .memory = Memory::weights},
                             free);
  }

  Progress load(const DmaCommand& transfer, const Progress& wait) { return program_.add(Unit::dma_in, wait, transfer); }

  Loaded load_weights(const Range& n, const Range& k, uint32_t local, const Progress& free) {
    if (task_.stationary) return load_activations_as_weights(n, k, local, free);
    const auto offset = static_cast<uint64_t>(weight_tile_offset(task_.problem.k, n, k));
    return {{.code_bits = weight_bits(), .offset = local, .pitch = static_cast<uint32_t>(n.count)},
            load({.dram = task_.weights + offset,
                  .local = local,
                  .row_bytes = static_cast<uint32_t>(k.count * n.count),
                  .memory = Memory::weights,
                  .code_bits = weight_bits()},
                 free)};
  }

  /// A block of an earlier layer's result, where it is or packed into the weight scratchpad; and its part of the column
  /// sums, the first time it comes.
  Loaded load_activations_as_weights(const Range& n, const Range& k, uint32_t local, const Progress& free) {
    const StationaryActivations& b = *task_.stationary;
    const Range& rows = b.transposed ? n : k;
    const Range& bytes = b.transposed ? k : n;
    const int64_t first = rows.first * b.place.pitch + bytes.first;
    const int64_t end = first + (rows.count - 1) * b.place.pitch + bytes.count;
    Loaded loaded{{.transposed = b.transposed,
                   .code_bits = weight_bits(),
                   .offset = local,
                   .pitch = static_cast<uint32_t>(bytes.count)},
                  written(b.place, first, end)};
    if (b.place.on_chip) {
      loaded.block.memory = Memory::activations;
      loaded.block.offset = static_cast<uint32_t>(b.place.address) + static_cast<uint32_t>(first);
      loaded.block.pitch = static_cast<uint32_t>(b.place.pitch);
    } else {
      loaded.ready = load({.dram = b.place.address + static_cast<uint64_t>(first),
                           .local = local,
                           .rows = static_cast<uint32_t>(rows.count),
                           .row_bytes = static_cast<uint32_t>(bytes.count),
                           .dram_stride = static_cast<uint32_t>(b.place.pitch),
                           .local_stride = static_cast<uint32_t>(bytes.count),
                           .memory = Memory::weights,
                           .code_bits = weight_bits()},
                          both(free, loaded.ready));
    }
    if (k.first == columns_summed_) sum_columns(b, n, k, loaded);
    return loaded;
  }

  void sum_columns(const StationaryActivations& b, const Range& n, const Range& k, const Loaded& block) {
    columns_summed_ = k.end();
    const bool sums = b.matmul.a_zero != 0;
    if (!sums && k.first > 0) return;  // nothing to sum
    parameters_ready_ = program_.add(Unit::vector, both(block.ready, parameters_ready_),
                                     ColumnParametersCommand{.weights = block.block,
                                                             .parameters = parameters_,
                                                             .taps = sums ? k.count : 0,
                                                             .columns = n.count,
                                                             .accumulate = k.first > 0,
                                                             .matmul = b.matmul,
                                                             .operands = task_.operands});
    hold_weights_until(parameters_ready_);
    program_.parameters.hold_until(parameters_ready_);
  }

  void hold_weights_until(const Progress& point) {
    if (task_.weights_on_chip) return;
    if (is_stationary_on_chip()) tensor(task_.stationary->place).hold_until(point);
    else program_.weights.hold_until(point);
  }

  TensorProgress& tensor(const MatrixPlace& place) const { return program_.tensors[static_cast<size_t>(place.tensor)]; }

  /// The point at which bytes [first, end) from the start of a matrix are written.
  Progress written(const MatrixPlace& place, int64_t first, int64_t end) const {
    return tensor(place).ready(place.offset + first, place.offset + end);
  }

  Progress load_rows(const Range& rows, const Progress& free) {
    const MatrixPlace& input = task_.input;
    const int64_t row_bytes = int64_t{window_.in_width} * window_.channels;
    const int64_t first = rows.first * input.pitch, end = (rows.end() - 1) * input.pitch + row_bytes;
    return load(
        {.dram = input.address + static_cast<uint64_t>(first),
         .local = program_.activations.offset() + static_cast<uint32_t>((rows.first - band_first_row_) * row_bytes),
         .rows = static_cast<uint32_t>(rows.count),
         .row_bytes = static_cast<uint32_t>(row_bytes),
         .dram_stride = static_cast<uint32_t>(input.pitch),
         .local_stride = static_cast<uint32_t>(row_bytes),
         .memory = Memory::activations,
         .code_bits = operand_bits()},
        both(written(input, first, end), free));
  }

  /// A map on chip is there; a resident one arrives block by block, once; a band as a whole, unless it is there from the
  /// tile before.
  Progress load_input(const Range& block) {
    const Range rows = input_rows(task_.problem.geometry, block);
    if (task_.input.on_chip) {
      return rows.count == 0 ? Progress{}
                             : written(task_.input, rows.first * task_.input.pitch, rows.end() * task_.input.pitch);
    } else if (tiling_.input_resident) {
      if (rows.end() > rows_loaded_) {
        input_ready_ = load_rows({rows_loaded_, rows.end() - rows_loaded_}, input_free_);
        rows_loaded_ = rows.end();
      }
    } else if (!(rows == band_rows_)) {
      band_rows_ = rows;
      band_first_row_ = rows.first;
      const Progress free = program_.activations.turn();
      input_ready_ = rows.count > 0 ? load_rows(rows, free) : free;
    }
    return input_ready_;
  }

  FoldCommand fold(const Range& n, const Range& k, const Range& block, const StationaryBlock& weights) const {
    FoldCommand command{
        .weights = weights,
        .activations = task_.input.on_chip ? static_cast<uint32_t>(task_.input.address) : program_.activations.offset(),
        .outputs = program_.outputs.offset(),
        .rows = static_cast<int16_t>(k.count),
        .columns = static_cast<int16_t>(n.count),
        .holds_activations = holds_activations_,
        .sums_activations = task_.sums_activations,
        .accumulate = k.first > 0,
        .zero = static_cast<uint8_t>(task_.operands.raw(task_.input_zero)),
        .multiplier = task_.circuit,
        .bits = static_cast<uint8_t>(task_.operands.bits),
        .is_signed = task_.operands.is_signed,
        .first_tap = k.first,
        .first_position = block.first,
        .positions = block.count,
        .band_first_row = band_first_row_,
        .window = window_};
    const auto group = static_cast<int32_t>(n.first / (task_.problem.n / task_.problem.groups));
    command.window.first_channel += group * window_.tap_channels;
    return command;
  }

  /// The weights of fold number `index`: there already, or loaded into the half that is free.
  Loaded weights_of(const Range& n, size_t index) {
    if (tiling_.weights_resident) return weights_[index];
    const Progress free = program_.weights.turn();
    return load_weights(n, tiling_.k_tiles[index], program_.weights.offset(), free);
  }

  void run_block(const Range& n, const Range& block) {
    const Progress outputs_free = program_.outputs.turn();
    Progress input_ready, sums_ready;
    for (size_t index = 0; index < tiling_.k_tiles.size(); ++index) {
      const Loaded weights = weights_of(n, index);
      if (index == 0) input_ready = load_input(block);
      const Progress wait = both(both(weights.ready, input_ready), index == 0 ? outputs_free : Progress{});
      sums_ready = program_.add(Unit::array, wait, fold(n, tiling_.k_tiles[index], block, weights.block));
      hold_weights_until(sums_ready);
      if (task_.input.on_chip) tensor(task_.input).hold_until(sums_ready);
      else program_.activations.hold_until(sums_ready);
    }
    finish_block(n, block, sums_ready);
  }

  /// A block of results within the output matrix: m rows of `packed` bytes, the first of them at byte `first`.
  struct Block {
    int32_t m = 0, columns = 0;
    int64_t first = 0, packed = 0;
  };

  void finish_block(const Range& n, const Range& positions, const Progress& sums_ready) {
    const MatrixPlace& output = task_.output;
    const int64_t size = task_.logits ? 4 : task_.output_format.bytes();
    const Block block{.m = positions.count,
                      .columns = n.count,
                      .first = positions.first * output.pitch + n.first * size,
                      .packed = n.count * size};
    const Progress results = requantise(block, both(sums_ready, parameters_ready_));
    if (!task_.weights_on_chip) program_.parameters.hold_until(results);
    const Progress stored = output.on_chip ? results : store(block, results);
    program_.outputs.hold_until(stored);
    const int64_t first = output.offset + block.first;
    tensor(output).written(first, first + (block.m - 1) * output.pitch + block.packed, stored);
  }

  Progress requantise(const Block& block, Progress wait) {
    RequantiseCommand command{
        .outputs = program_.outputs.offset(),
        .destination = {.offset = program_.outputs.offset(), .pitch = static_cast<uint32_t>(block.packed)},
        .parameters = parameters_,
        .m = block.m,
        .columns = block.columns,
        .zero = task_.output_zero,
        .clamp_low = task_.clamp_low,
        .clamp_high = task_.clamp_high,
        .logits = task_.logits,
        .sums_activations = task_.sums_activations,
        .format = task_.output_format};
    if (task_.output.on_chip) {
      command.destination = {.memory = Memory::activations,
                             .offset = static_cast<uint32_t>(task_.output.address) + static_cast<uint32_t>(block.first),
                             .pitch = static_cast<uint32_t>(task_.output.pitch)};
      wait.include(program_.result_free);
    }
    return program_.add(Unit::vector, wait, command);
  }

  Progress store(const Block& block, const Progress& results) {
    return program_.add(Unit::dma_out, results,
                        DmaCommand{.dram = task_.output.address + static_cast<uint64_t>(block.first),
                                   .local = program_.outputs.offset(),
                                   .rows = static_cast<uint32_t>(block.m),
                                   .row_bytes = static_cast<uint32_t>(block.packed),
                                   .dram_stride = static_cast<uint32_t>(task_.output.pitch),
                                   .local_stride = static_cast<uint32_t>(block.packed),
                                   .memory = Memory::outputs,
                                   .code_bits = static_cast<uint8_t>(task_.logits ? 8 : task_.output_format.bits)});
  }

  uint8_t operand_bits() const { return static_cast<uint8_t>(task_.operands.bits); }
  uint8_t weight_bits() const { return static_cast<uint8_t>(task_.weight_codes.bits); }

  const GemmTask& task_;
  const GemmTiling& tiling_;
  const Window& window_;
  bool holds_activations_;
  ProgramBuilder& program_;
  uint32_t parameters_ = 0;  ///< offset in the weight scratchpad of the tile's ChannelParameters
  Progress parameters_ready_;
  int32_t columns_summed_ = 0;   ///< taps of the tile's columns that are in its parameters
  std::vector<Loaded> weights_;  ///< by k tile, while resident
  Progress input_free_, input_ready_;
  int32_t rows_loaded_ = 0;  ///< of a resident map
  Range band_rows_{-1, 0};   ///< input rows in the activation scratchpad
  int32_t band_first_row_ = 0;
};

}  // namespace

void schedule_stationary(const GemmTask& task, bool holds_activations, ProgramBuilder& program) {
  Scheduler(task, holds_activations, program).run();
}

}  // namespace tram
