#include <algorithm>
#include <optional>

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

/// A piece of a copy: bytes [first, end) of one tensor to [to, to + bytes) of the other.
struct CopyPiece {
  int64_t first = 0, end = 0, to = 0, bytes = 0;
  uint32_t rows = 1, row_bytes = 0, from_stride = 0;
};

/// Moves pieces of a copy by the way that the places of both tensors leave: within the activation scratchpad by the
/// vector unit, from it or to it by DMA, from DRAM to DRAM by DMA through a half of it.
class Copier {
 public:
  Copier(const VectorTask& task, size_t input, ProgramBuilder& program)
      : task_(task), program_(program), from_(task.step.inputs[input]), to_(task.step.output) {}

  bool is_staged() const { return !task_.is_on_chip(from_) && !task_.is_on_chip(to_); }

  void copy(const CopyPiece& piece) {
    TensorProgress& from = program_.tensors[static_cast<size_t>(from_)];
    const Progress stored = moved(piece, both(from.ready(piece.first, piece.end), result_free()));
    from.hold_until(stored);
    program_.tensors[static_cast<size_t>(to_)].written(piece.to, piece.to + piece.bytes, stored);
  }

 private:
  Progress result_free() const { return task_.is_on_chip(to_) ? program_.result_free : Progress{}; }

  Progress moved(const CopyPiece& piece, const Progress& wait) {
    const std::optional<uint32_t> from = task_.map.on_chip(from_), to = task_.map.on_chip(to_);
    const auto first = static_cast<uint32_t>(piece.first), at = static_cast<uint32_t>(piece.to);
    if (from && to)
      return program_.add(Unit::vector, wait,
                          CopyCommand{.from = *from + first,
                                      .from_stride = piece.from_stride,
                                      .to = *to + at,
                                      .to_stride = piece.row_bytes,
                                      .rows = piece.rows,
                                      .row_bytes = piece.row_bytes,
                                      .code_bits = code_bits()});
    if (to) return load(piece, *to + at, wait);
    if (from) return store(piece, *from + first, piece.from_stride, wait);
    const Progress free = program_.activations.turn();
    const uint32_t half = program_.activations.offset();
    const Progress stored = store(piece, half, piece.row_bytes, load(piece, half, both(wait, free)));
    program_.activations.hold_until(stored);
    return stored;
  }

  Progress load(const CopyPiece& piece, uint32_t local, const Progress& wait) {
    return program_.add(Unit::dma_in, wait,
                        DmaCommand{.dram = address(from_, piece.first),
                                   .local = local,
                                   .rows = piece.rows,
                                   .row_bytes = piece.row_bytes,
                                   .dram_stride = piece.from_stride,
                                   .local_stride = piece.row_bytes,
                                   .memory = Memory::activations,
                                   .code_bits = code_bits()});
  }

  Progress store(const CopyPiece& piece, uint32_t local, uint32_t stride, const Progress& wait) {
    return program_.add(Unit::dma_out, wait,
                        DmaCommand{.dram = address(to_, piece.to),
                                   .local = local,
                                   .rows = piece.rows,
                                   .row_bytes = piece.row_bytes,
                                   .dram_stride = piece.row_bytes,
                                   .local_stride = stride,
                                   .memory = Memory::activations,
                                   .code_bits = code_bits()});
  }

  uint8_t code_bits() const { return static_cast<uint8_t>(task_.output_format().bits); }

  uint64_t address(int tensor, int64_t byte) const {
    return task_.map.tensors[static_cast<size_t>(tensor)] + static_cast<uint64_t>(byte);
  }

  const VectorTask& task_;
  ProgramBuilder& program_;
  int from_, to_;
};

void copy_rows(const Copy& copy, const std::string& layer, const VectorTask& task, ProgramBuilder& program) {
  Copier copier(task, copy.input, program);
  const int64_t fit = copier.is_staged() ? task.limits.activation_half() / copy.row_bytes : copy.rows;
  if (fit == 0) refuse_memory("activations", layer, task.limits.activations, 2 * copy.row_bytes);
  const int64_t overlap = (copy.rows + kOverlapPieces - 1) / kOverlapPieces;
  for (const Range& piece : split_evenly(copy.rows, std::min(fit, overlap))) {
    const int64_t first = copy.from + piece.first * copy.from_stride;
    copier.copy({.first = first,
                 .end = first + (piece.count - 1) * copy.from_stride + copy.row_bytes,
                 .to = copy.to + piece.first * copy.row_bytes,
                 .bytes = piece.count * copy.row_bytes,
                 .rows = static_cast<uint32_t>(piece.count),
                 .row_bytes = static_cast<uint32_t>(copy.row_bytes),
                 .from_stride = static_cast<uint32_t>(copy.from_stride)});
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
