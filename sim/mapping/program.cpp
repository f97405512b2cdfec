#include "sim/mapping/program.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "models/quant/accumulator.hpp"
#include "models/support/error.hpp"
#include "sim/mapping/program_builder.hpp"
#include "sim/mapping/vector_piece.hpp"
#include "sim/mapping/vector_schedule.hpp"

namespace tram {
namespace {

template <typename T>
std::vector<uint8_t> bytes_of(const std::vector<T>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<uint8_t> channel_parameters(const GemmLayer& layer) {
  const std::vector<int32_t> constants = accumulator_constants(layer);
  std::vector<ChannelParameters> channels(constants.size());
  for (size_t n = 0; n < channels.size(); ++n) {
    const Requantiser requantiser = layer.requantise.empty() ? Requantiser{} : layer.requantise[n];
    channels[n] = {constants[n], layer.weight_zero[n], requantiser.multiplier, requantiser.shift};
  }
  return bytes_of(channels);
}

uint8_t bits_of(CodeFormat format) { return static_cast<uint8_t>(format.bits); }

constexpr int64_t least_piece = 4096;       // B of a tensor that is brought in pieces
constexpr size_t most_layers = UINT16_MAX;  // Command::layer

/// Adds one network step after the other to a program.
class Compiler {
 public:
  Compiler(const IntegerNetwork& network, const Dataflow& dataflow, const Limits& limits, std::span<const int> circuits,
           MemoryMap map)
      : network_(network), dataflow_(dataflow), limits_(limits), circuits_(circuits),
        builder_(limits, network.tensors.size()) {
    program_.map = std::move(map);
    is_there_.resize(network.tensors.size());
  }

  Program run() {
    if (network_.steps.size() > most_layers)
      throw InputError("network",
                       fmt::format("{} layers; at most {} are expected", network_.steps.size(), most_layers));
    for (size_t tensor = 0; tensor < network_.tensors.size(); ++tensor)
      if (const std::vector<uint8_t>& bytes = network_.tensors[tensor].constant; !bytes.empty())
        program_.preloads.push_back({program_.map.tensors[tensor], bytes});
    for (index_ = 0; index_ < network_.steps.size(); ++index_) {
      builder_.begin_layer(static_cast<int>(index_));
      for (const int input : step().inputs) bring(input);
      builder_.result_free = free(step().output);
      is_there_[static_cast<size_t>(step().output)] = true;
      std::visit([this](const auto& layer) { add(layer); }, step().layer);
    }
    if (limits_.weights_on_chip) load_weights();
    program_.commands = builder_.take_commands();
    program_.complete = builder_.issued();
    return std::move(program_);
  }

 private:
  const IntegerStep& step() const { return network_.steps[index_]; }

  /// The point from which on a tensor's place on chip may be written.
  Progress free(int tensor) const {
    Progress point;
    for (size_t before = 0; before < network_.tensors.size(); ++before)
      if (program_.map.residency.follows(before, static_cast<size_t>(tensor)))
        point.include(builder_.tensors[before].done());
    return point;
  }

  /// Loads a tensor that has a place on chip but that no step writes, before the first step that reads it.
  void bring(int tensor) {
    const auto index = static_cast<size_t>(tensor);
    const std::optional<uint32_t> local = program_.map.on_chip(tensor);
    if (!local || is_there_[index]) return;
    is_there_[index] = true;
    const Progress wait = free(tensor);
    const int64_t bytes = network_.tensors[index].bytes();
    for (const Range& piece : split(bytes, std::max(least_piece, (bytes + kOverlapPieces - 1) / kOverlapPieces))) {
      const Progress loaded = builder_.add(Unit::dma_in, wait,
                                           DmaCommand{.dram = program_.map.tensors[index] + uint64_t(piece.first),
                                                      .local = *local + static_cast<uint32_t>(piece.first),
                                                      .row_bytes = static_cast<uint32_t>(piece.count),
                                                      .memory = Memory::activations,
                                                      .code_bits = bits_of(network_.tensors[index].format)});
      builder_.tensors[index].written(piece.first, piece.end(), loaded);
    }
  }

  /// Commands that bring all weights, which stay.
  void load_weights() {
    ProgramBuilder builder(limits_, 0);
    for (size_t index = 0; index < network_.steps.size(); ++index) {
      builder.begin_layer(static_cast<int>(index));
      const ConstantBytes bytes = constant_bytes(network_.steps[index]);
      const MemoryMap::Layer& from = program_.map.layers[index];
      const MemoryMap::ResidentLayer& to = program_.map.resident_layers[index];
      const auto* gemm = std::get_if<GemmLayer>(&network_.steps[index].layer);
      const auto load = [&](uint64_t dram, uint32_t local, int64_t size, uint8_t code_bits = 8) {
        DmaCommand transfer = contiguous(size);
        transfer.code_bits = code_bits;
        transfer.dram = dram;
        transfer.local = local;
        if (size > 0) builder.add(Unit::dma_in, {}, transfer);
      };
      load(from.weights, to.weights, bytes.weights, gemm ? bits_of(gemm->weight_codes) : 8);
      load(from.parameters, to.parameters, bytes.parameters);
      load(from.constants, to.constants, bytes.constants);
    }
    program_.loading = builder.take_commands();
    program_.loaded = builder.issued();
  }

  MatrixPlace place(int tensor, int64_t offset, int64_t pitch) const {
    const std::optional<uint32_t> local = program_.map.on_chip(tensor);
    const uint64_t start = local ? *local : program_.map.tensors[static_cast<size_t>(tensor)];
    return {.address = start + static_cast<uint64_t>(offset),
            .pitch = pitch,
            .tensor = tensor,
            .offset = offset,
            .on_chip = local.has_value()};
  }

  const TensorInfo& output_info() const { return network_.tensors[static_cast<size_t>(step().output)]; }
  uint8_t circuit() const {
    const int circuit = circuits_.empty() ? 0 : circuits_[index_];
    if (circuit > UINT8_MAX)
      throw InputError("multiplier_layers", fmt::format("{} multipliers; at most 256 are expected", circuit + 1));
    return static_cast<uint8_t>(circuit);
  }

  void add(const GemmLayer& layer) {
    const MemoryMap::Layer& stored = program_.map.layers[index_];
    GemmTask task{.problem = problem_of(layer),
                  .operands = layer.operands,
                  .weight_codes = layer.weight_codes,
                  .input_zero = layer.input_zero,
                  .sums_activations = has_weight_zeros(layer)};
    task.input = place(step().inputs.front(), 0, task.problem.row_bytes());
    task.problem.input_on_chip = task.input.on_chip;
    task.problem.stationary_on_chip = limits_.weights_on_chip;
    task.tiling = dataflow_.tile(task.problem, limits_);
    task.weights_on_chip = limits_.weights_on_chip;
    task.weights = task.weights_on_chip ? program_.map.resident_layers[index_].weights : stored.weights;
    task.parameters = task.weights_on_chip ? program_.map.resident_layers[index_].parameters : stored.parameters;
    task.logits = layer.requantise.empty();
    task.output_format = output_info().format;
    task.output = place(step().output, 0, layer.n() * (task.logits ? 4 : task.output_format.bytes()));
    if (task.logits) task.output.address = program_.map.logits;
    task.output_zero = layer.output_zero;
    task.clamp_low = layer.clamp_low;
    task.clamp_high = layer.clamp_high;
    task.circuit = circuit();
    if (!layer.weights.empty())
      program_.preloads.push_back({stored.weights, weights_in_tile_order(layer, task.tiling)});
    program_.preloads.push_back({stored.parameters, channel_parameters(layer)});
    dataflow_.schedule(task, builder_);
  }

  /// Head by head.
  void add(const MatmulLayer& layer) {
    const bool scores = layer.kind == MatmulLayer::Kind::scores;
    GemmTask task{.problem = problem_of(layer),
                  .operands = layer.operands,
                  .weight_codes = layer.operands,
                  .input_zero = layer.parameters.a_zero,
                  .sums_activations = layer.parameters.b_zero != 0};
    task.problem.input_on_chip = program_.map.on_chip(step().inputs[0]).has_value();
    task.problem.stationary_on_chip = program_.map.on_chip(step().inputs[1]).has_value();
    if (task.problem.input_on_chip)
      task.problem.geometry.window.channels = layer.a_width;  // the heads lie side by side
    task.tiling = dataflow_.tile(task.problem, limits_);
    task.output_format = output_info().format;
    task.output_zero = layer.output_zero;
    task.clamp_low = layer.clamp_low;
    task.clamp_high = layer.clamp_high;
    task.circuit = circuit();
    const int64_t out_bytes = layer.n() * task.output_format.bytes();
    for (int head = 0; head < layer.heads; ++head) {
      task.input = place(step().inputs[0], layer.a_first + head * layer.k(), layer.a_width);
      task.stationary = {.place = place(step().inputs[1], layer.b_index(head, 0, 0), layer.b_width),
                         .transposed = scores,
                         .matmul = layer.parameters};
      task.output = place(step().output, head * out_bytes, layer.heads * out_bytes);
      dataflow_.schedule(task, builder_);
    }
  }

  void add(const auto& layer) {
    const uint64_t constants = program_.map.layers[index_].constants;
    if constexpr (requires { layer.constants; })
      if (!layer.constants.empty()) program_.preloads.push_back({constants, bytes_of(layer.constants)});
    std::optional<uint32_t> resident;
    if (limits_.weights_on_chip) resident = program_.map.resident_layers[index_].constants;
    schedule_layer(layer, {step(), network_, program_.map, limits_, constants, resident}, builder_);
  }

  const IntegerNetwork& network_;
  const Dataflow& dataflow_;
  const Limits& limits_;
  std::span<const int> circuits_;
  ProgramBuilder builder_;
  Program program_;
  size_t index_ = 0;
  std::vector<bool> is_there_;  ///< by tensor: written, or on its way
};

/// Shares of the activation scratchpad, in quarters, to try for tensors that stay. The whole serves where no tensor is
/// left that passes through halves.
constexpr std::array<int, 5> resident_quarters{4, 3, 2, 1, 0};

/// Output channels of the widest group of a layer on the array.
int64_t most_channels(const IntegerNetwork& network) {
  int64_t most = 1;
  for (const IntegerStep& step : network.steps) {
    if (const auto* gemm = std::get_if<GemmLayer>(&step.layer)) most = std::max(most, gemm->n() / gemm->groups);
    if (const auto* matmul = std::get_if<MatmulLayer>(&step.layer)) most = std::max(most, matmul->n());
  }
  return most;
}

Program compile(const IntegerNetwork& network, const Dataflow& dataflow, Limits limits, std::span<const int> circuits,
                int quarters) {
  MemoryMap map = make_memory_map(network, place_tensors(network, limits.activations * quarters / 4), limits.dram);
  if (limits.weights_on_chip) place_weights_on_chip(network, limits.weights, map);
  limits.resident = map.residency.bytes;
  limits.resident_weights = map.resident_weight_bytes;
  limits.tile_channels = dataflow.tile_channels(most_channels(network), limits);
  return Compiler(network, dataflow, limits, circuits, std::move(map)).run();
}

}  // namespace

int64_t dram_bytes(const Program& program) {
  int64_t bytes = 0;
  for (const Command& command : program.commands)
    if (const auto* transfer = std::get_if<DmaCommand>(&command.body))
      bytes += int64_t{transfer->rows} * transfer->row_bytes;
  return bytes;
}

Program make_program(const IntegerNetwork& network, const Dataflow& dataflow, const Limits& limits,
                     std::span<const int> circuits) {
  if (!limits.tensors_on_chip) return compile(network, dataflow, limits, circuits, 0);
  std::optional<Program> best;
  for (const int quarters : resident_quarters) {
    try {
      Program program = compile(network, dataflow, limits, circuits, quarters);
      if (!best || dram_bytes(program) < dram_bytes(*best)) best = std::move(program);
    } catch (const InputError&) {
      if (quarters == 0 && !best) throw;
    }
  }
  return std::move(*best);
}

}  // namespace tram
