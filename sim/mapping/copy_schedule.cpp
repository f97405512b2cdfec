#include <algorithm>

#include "sim/mapping/vector_piece.hpp"

namespace tram {
namespace {

/// Part of every row of one tensor to rows of another.
struct Copy {
  size_t input = 0;
  int64_t from = 0, from_stride = 0;  ///< B, in the input
  int64_t to = 0;                     ///< B, in the output, whose rows follow each other
  int64_t rows = 0, row_bytes = 0;
};

/// DRAM to activation scratchpad and back: no command of the vector unit.
void copy_rows(const Copy& copy, const std::string& layer, const VectorTask& task, ProgramBuilder& program) {
  const int64_t fit = task.limits.activation_half() / copy.row_bytes;
  if (fit == 0) refuse_memory("activations", layer, task.limits.activations, 2 * copy.row_bytes);
  const int64_t overlap = (copy.rows + kOverlapPieces - 1) / kOverlapPieces;
  const auto from_tensor = static_cast<size_t>(task.step.inputs[copy.input]);
  const auto to_tensor = static_cast<size_t>(task.step.output);
  for (const Range& piece : split_evenly(copy.rows, std::min(fit, overlap))) {
    const int64_t first = copy.from + piece.first * copy.from_stride;
    const int64_t end = first + (piece.count - 1) * copy.from_stride + copy.row_bytes;
    const int64_t to = copy.to + piece.first * copy.row_bytes, bytes = piece.count * copy.row_bytes;
    const Progress free = program.activations.turn();
    DmaCommand transfer{.dram = task.map.tensors[from_tensor] + static_cast<uint64_t>(first),
                        .local = program.activations.offset(),
                        .rows = static_cast<uint32_t>(piece.count),
                        .row_bytes = static_cast<uint32_t>(copy.row_bytes),
                        .dram_stride = static_cast<uint32_t>(copy.from_stride),
                        .local_stride = static_cast<uint32_t>(copy.row_bytes),
                        .memory = Memory::activations};
    const Progress loaded =
        program.add(Unit::dma_in, both(free, program.tensors[from_tensor].ready(first, end)), transfer);
    transfer = contiguous(bytes);
    transfer.dram = task.map.tensors[to_tensor] + static_cast<uint64_t>(to);
    transfer.local = program.activations.offset();
    transfer.memory = Memory::activations;
    const Progress stored = program.add(Unit::dma_out, loaded, transfer);
    program.activations.hold_until(stored);
    program.tensors[to_tensor].written(to, to + bytes, stored);
  }
}

}  // namespace

void schedule_layer(const SliceLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const int64_t size = task.input_bytes(0);
  copy_rows({.from = layer.first * size,
             .from_stride = layer.in.channels * size,
             .rows = int64_t{layer.in.height} * layer.in.width,
             .row_bytes = layer.out.channels * size},
            layer.name, task, program);
}

void schedule_layer(const PrependLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const int64_t token = layer.in.channels * task.input_bytes(0);
  copy_rows({.input = 0, .from_stride = token, .rows = 1, .row_bytes = token}, layer.name, task, program);
  copy_rows({.input = 1,
             .from_stride = token,
             .to = token,
             .rows = int64_t{layer.in.height} * layer.in.width,
             .row_bytes = token},
            layer.name, task, program);
}

void schedule_layer(const SelectLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const int64_t token = layer.in.channels * task.input_bytes(0);
  copy_rows({.from = layer.index * token, .from_stride = token, .rows = 1, .row_bytes = token}, layer.name, task,
            program);
}

}  // namespace tram
