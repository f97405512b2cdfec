#include "sim/mapping/program.hpp"

#include <cstring>

#include "models/quant/vector_ops.hpp"
#include "sim/mapping/program_builder.hpp"
#include "sim/mapping/vector_layers.hpp"

namespace tram {
namespace {

std::vector<uint8_t> channel_parameters(const GemmLayer& layer) {
  const std::vector<int32_t> constants = accumulator_constants(layer);
  std::vector<ChannelParameters> channels(constants.size());
  for (size_t n = 0; n < channels.size(); ++n) {
    const Requantiser requantiser = layer.requantise.empty() ? Requantiser{} : layer.requantise[n];
    channels[n] = {constants[n], layer.weight_zero[n], requantiser.multiplier, requantiser.shift};
  }
  std::vector<uint8_t> bytes(channels.size() * sizeof(ChannelParameters));
  std::memcpy(bytes.data(), channels.data(), bytes.size());
  return bytes;
}

/// Adds one network step after the other to a program.
class Compiler {
 public:
  Compiler(const IntegerNetwork& network, const Dataflow& dataflow, const Limits& limits)
      : network_(network), dataflow_(dataflow), limits_(limits), builder_(limits, network.tensors.size()) {
    program_.map = make_memory_map(network, limits.dram);
  }

  Program run() {
    for (index_ = 0; index_ < network_.steps.size(); ++index_) {
      builder_.begin_layer(static_cast<int>(index_));
      std::visit([this](const auto& layer) { add(layer); }, step().layer);
    }
    program_.commands = builder_.take_commands();
    program_.complete = builder_.issued();
    return std::move(program_);
  }

 private:
  const IntegerStep& step() const { return network_.steps[index_]; }
  VectorTask vector_task() const { return {step(), program_.map, limits_}; }

  void add(const GemmLayer& layer) {
    const MemoryMap::Layer& place = program_.map.layers[index_];
    const int input = step().inputs.front(), output = step().output;
    const GemmTask task{.layer = layer,
                        .tiling = dataflow_.tile(layer, limits_),
                        .weights = place.weights,
                        .parameters = place.parameters,
                        .input = program_.map.tensors[static_cast<size_t>(input)],
                        .output = layer.requantise.empty() ? program_.map.logits
                                                           : program_.map.tensors[static_cast<size_t>(output)],
                        .input_tensor = input,
                        .output_tensor = output};
    program_.preloads.push_back({place.weights, weights_in_tile_order(layer, task.tiling)});
    program_.preloads.push_back({place.parameters, channel_parameters(layer)});
    dataflow_.schedule(task, builder_);
  }

  void add(const AddLayer& layer) { schedule_add(layer, vector_task(), builder_); }
  void add(const AveragePoolLayer& layer) { schedule_average_pool(layer, vector_task(), builder_); }
  void add(const SubsampleLayer& layer) { schedule_subsample(layer, vector_task(), builder_); }

  const IntegerNetwork& network_;
  const Dataflow& dataflow_;
  const Limits& limits_;
  ProgramBuilder builder_;
  Program program_;
  size_t index_ = 0;
};

}  // namespace

Program make_program(const IntegerNetwork& network, const Dataflow& dataflow, const Limits& limits) {
  return Compiler(network, dataflow, limits).run();
}

}  // namespace tram
