#include <cstring>

#include "sim/mapping/vector_piece.hpp"

namespace tram {
namespace {

template <typename T>
void append(std::vector<uint8_t>& bytes, const std::vector<T>& values) {
  const size_t end = bytes.size();
  bytes.resize(end + values.size() * sizeof(T));
  std::memcpy(bytes.data() + end, values.data(), values.size() * sizeof(T));
}

struct Constants {
  std::vector<uint8_t> bytes;

  void operator()(const LayerNormLayer& layer) {
    append(bytes, layer.gamma);
    append(bytes, layer.beta);
  }
  void operator()(const SoftmaxLayer& layer) {
    append(bytes, layer.exp_low);
    append(bytes, layer.exp_high);
  }
  void operator()(const LookupLayer& layer) { append(bytes, layer.table); }
  void operator()(const auto&) {}
};

/// A layer's constants in a half of the weight scratchpad.
struct LoadedConstants {
  uint32_t offset = 0;
  Progress ready;
};

LoadedConstants load_constants(const std::string& layer, const VectorTask& task, ProgramBuilder& program) {
  const auto bytes = static_cast<int64_t>(layer_constants(task.step).size());
  if (bytes > task.limits.weight_half())
    refuse_memory("weights", layer, task.limits.weights, 2 * (bytes + task.limits.parameter_bytes()));
  const Progress free = program.weights.turn();
  DmaCommand transfer = contiguous(bytes);
  transfer.dram = task.constants;
  transfer.local = program.weights.offset();
  transfer.memory = Memory::weights;
  return {transfer.local, program.add(Unit::dma_in, free, transfer)};
}

/// The pieces of a layer whose output has the shape of its input, in units of `channels` neighbouring codes.
/// command(source, destination, units) makes the vector unit's command.
template <typename MakeCommand>
void schedule_units(const std::string& layer, const FeatureShape& shape, int32_t channels, const VectorTask& task,
                    ProgramBuilder& program, const Progress& constants_ready, MakeCommand&& command) {
  const int64_t in_bytes = channels * task.input_bytes(0), out_bytes = channels * task.output_bytes();
  for (const Range& piece : pieces_that_fit(layer, shape.size() / channels, in_bytes, out_bytes, task.limits)) {
    Piece part(task, program);
    const uint32_t source = part.load(0, piece.first * in_bytes, piece.end() * in_bytes, 0,
                                      contiguous(piece.count * in_bytes));
    const Progress computed =
        part.compute_and_store(command(source, part.destination(), piece.count), piece.first * out_bytes,
                               piece.count * out_bytes, constants_ready);
    program.weights.hold_until(computed);
  }
}

}  // namespace

std::vector<uint8_t> layer_constants(const IntegerStep& step) {
  Constants constants;
  std::visit(constants, step.layer);
  return std::move(constants.bytes);
}

void schedule_layer(const LayerNormLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const LoadedConstants constants = load_constants(layer.name, task, program);
  schedule_units(layer.name, layer.shape, layer.shape.channels, task, program, constants.ready,
                 [&](uint32_t source, uint32_t destination, int32_t rows) {
                   return LayerNormCommand{.source = source,
                                           .destination = destination,
                                           .parameters = constants.offset,
                                           .rows = rows,
                                           .channels = layer.shape.channels,
                                           .epsilon = layer.epsilon,
                                           .shift = layer.shift,
                                           .zero_out = layer.zero_out,
                                           .clamp_low = layer.clamp_low,
                                           .clamp_high = layer.clamp_high,
                                           .format_in = task.input_format(0),
                                           .format_out = task.output_format()};
                 });
}

void schedule_layer(const SoftmaxLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const LoadedConstants constants = load_constants(layer.name, task, program);
  schedule_units(layer.name, layer.shape, layer.shape.channels, task, program, constants.ready,
                 [&](uint32_t source, uint32_t destination, int32_t rows) {
                   return SoftmaxCommand{.source = source,
                                         .destination = destination,
                                         .tables = constants.offset,
                                         .low_entries = static_cast<int32_t>(layer.exp_low.size()),
                                         .high_entries = static_cast<int32_t>(layer.exp_high.size()),
                                         .rows = rows,
                                         .channels = layer.shape.channels,
                                         .multiplier = layer.inverse_scale.multiplier,
                                         .shift = layer.inverse_scale.shift,
                                         .zero_out = layer.zero_out,
                                         .clamp_low = layer.clamp_low,
                                         .clamp_high = layer.clamp_high,
                                         .format_in = task.input_format(0),
                                         .format_out = task.output_format()};
                 });
}

void schedule_layer(const LookupLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const LoadedConstants constants = load_constants(layer.name, task, program);
  schedule_units(layer.name, layer.shape, 1, task, program, constants.ready,
                 [&](uint32_t source, uint32_t destination, int32_t elements) {
                   return LookupCommand{.source = source,
                                        .destination = destination,
                                        .table = constants.offset,
                                        .entries = static_cast<int32_t>(layer.table.size()),
                                        .elements = elements,
                                        .format_in = task.input_format(0),
                                        .format_out = task.output_format()};
                 });
}

}  // namespace tram
