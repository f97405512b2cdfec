#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/mapping/tiling.hpp"
#include "sim/mapping/vector_schedule.hpp"

namespace tram {

/// InputError: `bytes` of a memory are too small for a layer.
[[noreturn]] void refuse_memory(const char* memory, const std::string& layer, int64_t bytes, int64_t needed);

/// Pieces of `total` units (rows, channels) that take so many bytes each of a half of both scratchpads, 0 where the
/// tensor is on chip. Every unit of a piece
/// but the first takes `skipped` bytes more of operands: those between its own and the ones before, or, negative, those
/// that the two share.
std::vector<Range> pieces_that_fit(const std::string& layer, int64_t total, int64_t in_bytes, int64_t out_bytes,
                                   const Limits& limits, int64_t skipped = 0);

/// A transfer of neighbouring bytes.
DmaCommand contiguous(int64_t bytes);

/// What all layers of the vector unit do around its command: one piece of the map.
class Piece {
 public:
  Piece(const VectorTask& task, ProgramBuilder& program);

  /// Loads rows of an input into the operand half, `local` bytes from its start, unless it is on chip; returns where it
  /// lies. The rows lie within bytes [first, end) of the tensor.
  uint32_t load(size_t input, int64_t first, int64_t end, uint32_t local, DmaCommand shape);

  /// Of byte `first` of the output.
  Destination destination(int64_t first) const;

  /// Computes, also not before `constants_ready`, and stores the result as bytes [first, first + bytes) of the output;
  /// returns the point at which it is computed.
  Progress compute_and_store(const CommandBody& command, int64_t first, int64_t bytes,
                             const Progress& constants_ready = {});

 private:
  Progress store(const Progress& computed, int64_t first, int64_t bytes);

  const VectorTask& task_;
  ProgramBuilder& program_;
  Progress operands_free_, result_free_, operands_ready_;
};

}  // namespace tram
