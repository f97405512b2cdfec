#include "sim/mapping/vector_layers.hpp"

#include <algorithm>

#include "models/support/error.hpp"
#include "sim/mapping/tiling.hpp"

namespace tram {
namespace {

[[noreturn]] void too_small(const char* memory, const std::string& layer, int64_t bytes, int64_t needed) {
  throw InputError(fmt::format("memory.{}", memory),
                   fmt::format("{} B are too small for layer '{}', which needs at least {} B (double buffered)", bytes,
                               layer, needed));
}

/// Pieces of `total` units (rows, channels) that take so many bytes each of both scratchpads. `skipped` bytes lie
/// between the operands of a unit and those of the next.
std::vector<Range> pieces_that_fit(const std::string& layer, int64_t total, int64_t in_bytes, int64_t out_bytes,
                                   const Limits& limits, int64_t skipped = 0) {
  const int64_t fit_in = (limits.activation_half() + skipped) / (in_bytes + skipped);
  const int64_t fit_out = limits.output_half() / out_bytes;
  if (fit_in == 0) too_small("activations", layer, limits.activations, 2 * in_bytes);
  if (fit_out == 0) too_small("outputs", layer, limits.outputs, 2 * out_bytes);
  const int64_t overlap = (total + kOverlapPieces - 1) / kOverlapPieces;
  return split_evenly(total, std::min({fit_in, fit_out, overlap}));
}

/// What all three layers do around the vector unit's command.
class Piece {
 public:
  Piece(const VectorTask& task, ProgramBuilder& program)
      : task_(task), program_(program), operands_free_(program.activations.turn()),
        result_free_(program.outputs.turn()) {}

  /// Loads rows of an input into the operand half, `local` bytes from its start; returns where it lies.
  /// The rows lie within bytes [first, end) of the tensor.
  uint32_t load(size_t input, int64_t first, int64_t end, uint32_t local, DmaCommand shape) {
    const auto tensor = static_cast<size_t>(task_.step.inputs[input]);
    shape.dram = task_.map.tensors[tensor] + static_cast<uint64_t>(first);
    shape.local = program_.activations.offset() + local;
    shape.memory = Memory::activations;
    const Progress wait = both(program_.tensors[tensor].ready(first, end), operands_free_);
    operands_ready_.include(program_.add(Unit::dma_in, wait, shape));
    return shape.local;
  }

  uint32_t destination() const { return program_.outputs.offset(); }

  /// Computes and stores the result as bytes [first, first + bytes) of the output.
  void compute_and_store(const CommandBody& command, int64_t first, int64_t bytes) {
    const Progress computed = program_.add(Unit::vector, both(operands_ready_, result_free_), command);
    program_.activations.hold_until(computed);
    const auto tensor = static_cast<size_t>(task_.step.output);
    const Progress stored = program_.add(Unit::dma_out, computed,
                                         DmaCommand{.dram = task_.map.tensors[tensor] + static_cast<uint64_t>(first),
                                                    .local = destination(),
                                                    .rows = 1,
                                                    .row_bytes = static_cast<uint32_t>(bytes),
                                                    .memory = Memory::outputs});
    program_.outputs.hold_until(stored);
    program_.tensors[tensor].written(first, first + bytes, stored);
  }

 private:
  const VectorTask& task_;
  ProgramBuilder& program_;
  Progress operands_free_, result_free_, operands_ready_;
};

DmaCommand contiguous(int64_t bytes) { return {.rows = 1, .row_bytes = static_cast<uint32_t>(bytes)}; }

}  // namespace

void schedule_add(const AddLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  for (const Range& piece : pieces_that_fit(layer.name, layer.shape.size(), 2, 1, task.limits)) {
    Piece part(task, program);
    const uint32_t a = part.load(0, piece.first, piece.end(), 0, contiguous(piece.count));
    const uint32_t b = part.load(1, piece.first, piece.end(), static_cast<uint32_t>(piece.count),
                                 contiguous(piece.count));
    part.compute_and_store(AddCommand{.a = a,
                                      .b = b,
                                      .destination = part.destination(),
                                      .elements = piece.count,
                                      .zero_a = layer.zero_a,
                                      .zero_b = layer.zero_b,
                                      .zero_out = layer.zero_out,
                                      .multiplier_a = layer.multiplier_a,
                                      .multiplier_b = layer.multiplier_b,
                                      .shift = layer.shift,
                                      .clamp_low = layer.clamp_low,
                                      .clamp_high = layer.clamp_high},
                           piece.first, piece.count);
  }
}

void schedule_average_pool(const AveragePoolLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const int32_t positions = layer.in.height * layer.in.width;
  for (const Range& piece : pieces_that_fit(layer.name, layer.in.channels, positions, 1, task.limits)) {
    Piece part(task, program);
    const uint32_t source = part.load(0, piece.first, layer.in.size(), 0,
                                      DmaCommand{.rows = static_cast<uint32_t>(positions),
                                                 .row_bytes = static_cast<uint32_t>(piece.count),
                                                 .dram_stride = static_cast<uint32_t>(layer.in.channels),
                                                 .local_stride = static_cast<uint32_t>(piece.count)});
    part.compute_and_store(AveragePoolCommand{.source = source,
                                              .destination = part.destination(),
                                              .positions = positions,
                                              .channels = piece.count,
                                              .zero_in = layer.zero_in,
                                              .zero_out = layer.zero_out,
                                              .multiplier = layer.requantise.multiplier,
                                              .shift = layer.requantise.shift,
                                              .clamp_low = layer.clamp_low,
                                              .clamp_high = layer.clamp_high},
                           piece.first, piece.count);
  }
}

void schedule_subsample(const SubsampleLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const int64_t in_row = int64_t{layer.in.width} * layer.in.channels;
  const int64_t out_row = int64_t{layer.out.width} * layer.out.channels;
  const int64_t skipped = (layer.stride - 1) * in_row;
  for (const Range& piece : pieces_that_fit(layer.name, layer.out.height, in_row, out_row, task.limits, skipped)) {
    Piece part(task, program);
    const int64_t first = int64_t{piece.first} * layer.stride * in_row;
    const int32_t in_rows = (piece.count - 1) * layer.stride + 1;
    const uint32_t source = part.load(0, first, first + in_rows * in_row, 0, contiguous(in_rows * in_row));
    part.compute_and_store(SubsampleCommand{.source = source,
                                            .destination = part.destination(),
                                            .in_rows = in_rows,
                                            .in_width = layer.in.width,
                                            .in_channels = layer.in.channels,
                                            .out_rows = piece.count,
                                            .out_width = layer.out.width,
                                            .out_channels = layer.out.channels,
                                            .stride = layer.stride,
                                            .pad_before = layer.pad_before,
                                            .zero = layer.zero},
                           piece.first * out_row, piece.count * out_row);
  }
}

}  // namespace tram
