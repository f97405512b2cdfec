#include "sim/mapping/vector_schedule.hpp"

#include <algorithm>

#include "sim/mapping/vector_piece.hpp"

namespace tram {
namespace {

/// A layer's constants in a half of the weight scratchpad.
struct LoadedConstants {
  uint32_t offset = 0;
  Progress ready;
};

LoadedConstants load_constants(const VectorLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  if (layer.constants.empty()) return {};
  if (task.resident_constants) return {*task.resident_constants, {}};
  const auto bytes = static_cast<int64_t>(layer.constants.size() * sizeof(int32_t));
  if (bytes > task.limits.weight_half())
    refuse_memory("weights", layer.name, task.limits.weights, 2 * (bytes + task.limits.parameter_bytes()));
  const Progress free = program.weights.turn();
  DmaCommand transfer = contiguous(bytes);
  transfer.dram = task.constants;
  transfer.local = program.weights.offset();
  transfer.memory = Memory::weights;
  return {transfer.local, program.add(Unit::dma_in, free, transfer)};
}

/// Cuts a layer's map into pieces, each of which is a smaller map of the same operation.
class Scheduler {
 public:
  Scheduler(const VectorLayer& layer, const VectorTask& task, ProgramBuilder& program)
      : layer_(layer), task_(task), program_(program), constants_(load_constants(layer, task, program)) {}

  /// Neighbouring elements or positions.
  template <class Parameters>
  requires requires(const Parameters& p) { p.count; }
  void operator()(const Parameters& whole) {
    const VectorExtent extent = whole.extent();
    const int64_t out_bytes = extent.output / whole.count * task_.output_bytes();
    const int64_t elements = extent.input / whole.count;
    std::vector<int64_t> in_bytes;
    int64_t staged = 0;
    for (size_t i = 0; i < extent.inputs; ++i) {
      in_bytes.push_back(elements * task_.input_bytes(i));
      staged += elements * task_.staged_input_bytes(i);
    }
    const int64_t staged_out = extent.output / whole.count * task_.staged_output_bytes();
    for (const Range& range : pieces_that_fit(layer_.name, whole.count, staged, staged_out, task_.limits)) {
      Piece piece(task_, program_);
      VectorCommand command;
      uint32_t local = 0;
      for (size_t i = 0; i < extent.inputs; ++i) {
        const int64_t bytes = range.count * in_bytes[i];
        command.inputs[i] =
            piece.load(i, range.first * in_bytes[i], range.end() * in_bytes[i], local, contiguous(bytes));
        local += static_cast<uint32_t>(range.count * elements * task_.staged_input_bytes(i));
      }
      Parameters part = whole;
      part.count = range.count;
      command.parameters = part;
      finish(piece, command, range.first * out_bytes);
    }
  }

  /// By channels, or as a whole where it is on chip.
  void operator()(const AveragePoolParameters& whole) {
    const int32_t positions = whole.in.height * whole.in.width;
    const int64_t in_bytes = task_.input_bytes(0), out_bytes = task_.output_bytes();
    const std::vector<Range> pieces = task_.any_input_staged()
                                          ? pieces_that_fit(layer_.name, whole.in.channels, positions * in_bytes,
                                                            task_.staged_output_bytes(), task_.limits)
                                          : split(whole.in.channels, whole.in.channels);
    for (const Range& range : pieces) {
      Piece piece(task_, program_);
      const auto row_bytes = static_cast<uint32_t>(range.count * in_bytes);
      const uint32_t source = piece.load(0, range.first * in_bytes, whole.in.size() * in_bytes, 0,
                                         DmaCommand{.rows = static_cast<uint32_t>(positions),
                                                    .row_bytes = row_bytes,
                                                    .dram_stride = static_cast<uint32_t>(whole.in.channels * in_bytes),
                                                    .local_stride = row_bytes});
      AveragePoolParameters part = whole;
      part.in.channels = range.count;
      finish(piece, {.inputs = {source}, .parameters = part}, range.first * out_bytes);
    }
  }

  /// By output rows. A piece's band of input rows begins with the window of an output row that has no padding above, so
  /// that the band is a map of its own: `lead` output rows before the piece.
  void operator()(const MaxPoolParameters& whole) {
    const int64_t in_row = whole.in.width * whole.in.channels * task_.input_bytes(0);
    const int64_t out_row = whole.out_width * whole.in.channels * task_.output_bytes();
    const int64_t staged = whole.in.width * whole.in.channels * task_.staged_input_bytes(0);
    const int64_t staged_out = whole.out_width * whole.in.channels * task_.staged_output_bytes();
    const int32_t lead_rows = (whole.padding + whole.stride - 1) / whole.stride;
    const int64_t first_rows = lead_rows * whole.stride - whole.padding + whole.kernel;  // of the first output row
    for (const Range& range : pieces_that_fit(layer_.name, whole.out_height, first_rows * staged, staged_out,
                                              task_.limits, (whole.stride - first_rows) * staged)) {
      const int32_t lead = std::min(range.first, lead_rows);
      const int32_t first = (range.first - lead) * whole.stride;
      const int32_t end = std::min(whole.in.height, (range.end() - 1) * whole.stride - whole.padding + whole.kernel);
      MaxPoolParameters part = whole;
      part.in.height = end - first;
      part.out_height = range.count;
      part.first_row = lead;
      finish_band(first * in_row, end * in_row, part, range.first * out_row);
    }
  }

  /// By output rows; those that the stride skips behind a piece are not loaded.
  void operator()(const SubsampleParameters& whole) {
    const int64_t in_row = int64_t{whole.in.width} * whole.in.channels * task_.input_bytes(0);
    const int64_t out_row = int64_t{whole.out.width} * whole.out.channels * task_.output_bytes();
    const int64_t staged = int64_t{whole.in.width} * whole.in.channels * task_.staged_input_bytes(0);
    const int64_t staged_out = int64_t{whole.out.width} * whole.out.channels * task_.staged_output_bytes();
    for (const Range& range : pieces_that_fit(layer_.name, whole.out.height, staged, staged_out, task_.limits,
                                              (whole.stride - 1) * staged)) {
      const int64_t first = int64_t{range.first} * whole.stride;
      SubsampleParameters part = whole;
      part.in.height = (range.count - 1) * whole.stride + 1;
      part.out.height = range.count;
      finish_band(first * in_row, (first + part.in.height) * in_row, part, range.first * out_row);
    }
  }

 private:
  /// A piece whose input is bytes [first, end).
  void finish_band(int64_t first, int64_t end, const VectorParameters& part, int64_t first_out) {
    Piece piece(task_, program_);
    const uint32_t source = piece.load(0, first, end, 0, contiguous(end - first));
    finish(piece, {.inputs = {source}, .parameters = part}, first_out);
  }

  /// Computes and stores what is loaded, from byte first_out of the output on.
  void finish(Piece& piece, VectorCommand command, int64_t first_out) {
    command.destination = piece.destination(first_out);
    command.constants = constants_.offset;
    for (size_t i = 0; i < task_.step.inputs.size(); ++i) command.formats_in[i] = task_.input_format(i);
    command.format_out = task_.output_format();
    const int64_t bytes = extent(command.parameters).output * task_.output_bytes();
    const Progress computed = piece.compute_and_store(command, first_out, bytes, constants_.ready);
    if (!layer_.constants.empty() && !task_.resident_constants) program_.weights.hold_until(computed);
  }

  const VectorLayer& layer_;
  const VectorTask& task_;
  ProgramBuilder& program_;
  LoadedConstants constants_;
};

}  // namespace

void schedule_layer(const VectorLayer& layer, const VectorTask& task, ProgramBuilder& program) {
  std::visit(Scheduler(layer, task, program), layer.parameters);
}

}  // namespace tram
