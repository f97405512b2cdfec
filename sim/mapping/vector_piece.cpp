#include "sim/mapping/vector_piece.hpp"

#include <algorithm>

#include "models/support/error.hpp"

namespace tram {

void refuse_memory(const char* memory, const std::string& layer, int64_t bytes, int64_t needed) {
  throw InputError(fmt::format("memory.{}", memory),
                   fmt::format("{} B are too small for layer '{}', which needs at least {} B (double buffered)", bytes,
                               layer, needed));
}

std::vector<Range> pieces_that_fit(const std::string& layer, int64_t total, int64_t in_bytes, int64_t out_bytes,
                                   const Limits& limits, int64_t skipped) {
  const int64_t fit_in = in_bytes == 0 ? total : (limits.activation_half() + skipped) / (in_bytes + skipped);
  const int64_t fit_out = out_bytes == 0 ? total : limits.output_half() / out_bytes;
  if (fit_in < 1) refuse_memory("activations", layer, limits.activations, 2 * in_bytes);
  if (fit_out < 1) refuse_memory("outputs", layer, limits.outputs, 2 * out_bytes);
  const int64_t overlap = (total + kOverlapPieces - 1) / kOverlapPieces;
  return split_evenly(total, std::min({fit_in, fit_out, overlap}));
}

DmaCommand contiguous(int64_t bytes) { return {.rows = 1, .row_bytes = static_cast<uint32_t>(bytes)}; }

Piece::Piece(const VectorTask& task, ProgramBuilder& program) : task_(task), program_(program) {
  if (task.any_input_staged()) operands_free_ = program.activations.turn();
  result_free_ = task.is_on_chip(task.step.output) ? program.result_free : program.outputs.turn();
}

uint32_t Piece::load(size_t input, int64_t first, int64_t end, uint32_t local, DmaCommand shape) {
  const auto tensor = static_cast<size_t>(task_.step.inputs[input]);
  if (const auto place = task_.map.on_chip(task_.step.inputs[input])) {
    operands_ready_.include(program_.tensors[tensor].ready(first, end));
    return *place + static_cast<uint32_t>(first);
  }
  shape.dram = task_.map.tensors[tensor] + static_cast<uint64_t>(first);
  shape.local = program_.activations.offset() + local;
  shape.memory = Memory::activations;
  shape.code_bits = static_cast<uint8_t>(task_.input_format(input).bits);
  const Progress wait = both(program_.tensors[tensor].ready(first, end), operands_free_);
  operands_ready_.include(program_.add(Unit::dma_in, wait, shape));
  return shape.local;
}

Progress Piece::compute_and_store(const CommandBody& command, int64_t first, int64_t bytes,
                                  const Progress& constants_ready) {
  const Progress wait = both(both(operands_ready_, result_free_), constants_ready);
  const Progress computed = program_.add(Unit::vector, wait, command);
  if (task_.any_input_staged()) program_.activations.hold_until(computed);
  for (const int input : task_.step.inputs) program_.tensors[static_cast<size_t>(input)].hold_until(computed);
  const Progress stored = task_.is_on_chip(task_.step.output) ? computed : store(computed, first, bytes);
  program_.tensors[static_cast<size_t>(task_.step.output)].written(first, first + bytes, stored);
  return computed;
}

Destination Piece::destination(int64_t first) const {
  const auto place = task_.map.on_chip(task_.step.output);
  if (!place) return {.offset = program_.outputs.offset()};
  return {.memory = Memory::activations, .offset = *place + static_cast<uint32_t>(first)};
}

Progress Piece::store(const Progress& computed, int64_t first, int64_t bytes) {
  DmaCommand transfer = contiguous(bytes);
  transfer.dram = task_.map.tensors[static_cast<size_t>(task_.step.output)] + static_cast<uint64_t>(first);
  transfer.local = program_.outputs.offset();
  transfer.memory = Memory::outputs;
  transfer.code_bits = static_cast<uint8_t>(task_.output_format().bits);
  const Progress stored = program_.add(Unit::dma_out, computed, transfer);
  program_.outputs.hold_until(stored);
  return stored;
}

}  // namespace tram
