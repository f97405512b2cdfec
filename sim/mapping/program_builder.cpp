#include "sim/mapping/program_builder.hpp"

#include "models/support/error.hpp"

namespace tram {

ProgramBuilder::ProgramBuilder(const Limits& limits, size_t tensor_count)
    : weights(static_cast<uint32_t>(limits.resident_weights + limits.parameter_bytes()),
              static_cast<uint32_t>((limits.weights + limits.resident_weights) / 2 + limits.parameter_bytes())),
      parameters(static_cast<uint32_t>(limits.resident_weights),
                 static_cast<uint32_t>((limits.weights + limits.resident_weights) / 2)),
      activations(static_cast<uint32_t>(limits.resident),
                  static_cast<uint32_t>(limits.resident + limits.activation_half())),
      outputs(0, static_cast<uint32_t>(limits.outputs / 2)), tensors(tensor_count) {}

Progress ProgramBuilder::add(Unit unit, const Progress& wait, const CommandBody& body) {
  if (commands_.size() == kMostCommands)
    throw InputError("array.rows", fmt::format("the network needs more than {} commands on this machine, which take {} "
                                               "MiB; a larger array, or larger memories, are expected",
                                               kMostCommands, kMostCommands * sizeof(Command) >> 20));
  commands_.push_back({unit, layer_, wait, body});
  Progress done;
  done[unit] = ++issued_[unit];
  return done;
}

}  // namespace tram
