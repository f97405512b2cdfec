#include "sim/mapping/vector_layers.hpp"

#include <algorithm>

#include "sim/mapping/vector_piece.hpp"

namespace tram {

void schedule_layer(const AddLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const int64_t a_bytes = task.input_bytes(0), b_bytes = task.input_bytes(1), out_bytes = task.output_bytes();
  for (const Range& piece : pieces_that_fit(layer.name, layer.shape.size(), a_bytes + b_bytes, out_bytes,
                                            task.limits)) {
    Piece part(task, program);
    const uint32_t a = part.load(0, piece.first * a_bytes, piece.end() * a_bytes, 0,
                                 contiguous(piece.count * a_bytes));
    const uint32_t b = part.load(1, piece.first * b_bytes, piece.end() * b_bytes,
                                 static_cast<uint32_t>(piece.count * a_bytes), contiguous(piece.count * b_bytes));
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
                                      .clamp_high = layer.clamp_high,
                                      .format_a = task.input_format(0),
                                      .format_b = task.input_format(1),
                                      .format_out = task.output_format()},
                           piece.first * out_bytes, piece.count * out_bytes);
  }
}

void schedule_layer(const AveragePoolLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const int32_t positions = layer.in.height * layer.in.width;
  const int64_t in_bytes = task.input_bytes(0), out_bytes = task.output_bytes();
  for (const Range& piece : pieces_that_fit(layer.name, layer.in.channels, positions * in_bytes, out_bytes,
                                            task.limits)) {
    Piece part(task, program);
    const auto row_bytes = static_cast<uint32_t>(piece.count * in_bytes);
    const uint32_t source = part.load(0, piece.first * in_bytes, layer.in.size() * in_bytes, 0,
                                      DmaCommand{.rows = static_cast<uint32_t>(positions),
                                                 .row_bytes = row_bytes,
                                                 .dram_stride = static_cast<uint32_t>(layer.in.channels * in_bytes),
                                                 .local_stride = row_bytes});
    part.compute_and_store(AveragePoolCommand{.source = source,
                                              .destination = part.destination(),
                                              .positions = positions,
                                              .channels = piece.count,
                                              .zero_in = layer.zero_in,
                                              .zero_out = layer.zero_out,
                                              .multiplier = layer.requantise.multiplier,
                                              .shift = layer.requantise.shift,
                                              .clamp_low = layer.clamp_low,
                                              .clamp_high = layer.clamp_high,
                                              .format_in = task.input_format(0),
                                              .format_out = task.output_format()},
                           piece.first * out_bytes, piece.count * out_bytes);
  }
}

/// A piece's band of input rows begins with the window of an output row that has no padding above, so that the band is
/// a map of its own: `lead` output rows before the piece.
void schedule_layer(const MaxPoolLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  const int64_t in_row = layer.in.width * layer.in.channels * task.input_bytes(0);
  const int64_t out_row = layer.out.width * layer.out.channels * task.output_bytes();
  const int32_t lead_rows = (layer.padding + layer.stride - 1) / layer.stride;
  const int64_t first_rows = lead_rows * layer.stride - layer.padding + layer.kernel;   // of the first output row
  for (const Range& piece : pieces_that_fit(layer.name, layer.out.height, first_rows * in_row, out_row, task.limits,
                                            (layer.stride - first_rows) * in_row)) {
    Piece part(task, program);
    const int32_t lead = std::min(piece.first, lead_rows);
    const int32_t first = (piece.first - lead) * layer.stride;
    const int32_t end = std::min(layer.in.height, (piece.end() - 1) * layer.stride - layer.padding + layer.kernel);
    const uint32_t source = part.load(0, first * in_row, end * in_row, 0, contiguous((end - first) * in_row));
    part.compute_and_store(MaxPoolCommand{.source = source,
                                          .destination = part.destination(),
                                          .in_rows = end - first,
                                          .in_width = layer.in.width,
                                          .channels = layer.in.channels,
                                          .first_out_row = lead,
                                          .out_rows = piece.count,
                                          .out_width = layer.out.width,
                                          .kernel = layer.kernel,
                                          .stride = layer.stride,
                                          .padding = layer.padding,
                                          .format = task.input_format(0)},
                           piece.first * out_row, piece.count * out_row);
  }
}

void schedule_layer(const SubsampleLayer& layer, const VectorTask& task, ProgramBuilder& program) {
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
