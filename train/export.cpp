#include "train/export.hpp"

#include "models/network/safetensors.hpp"
#include "models/support/error.hpp"

namespace tram::train {
namespace {

void append(const ParameterList& list, const std::vector<float>& values, NamedTensors& tensors) {
  for (const Parameter& p : list.entries())
    tensors.emplace_back(p.name, Tensor{p.shape, {values.begin() + p.offset, values.begin() + p.offset + p.size}});
}

}  // namespace

void export_weights(const std::filesystem::path& path, const Settings& settings, const NetworkParameters& parameters,
                    const TrainState& state, const Score& test) {
  NamedTensors tensors;
  append(parameters.trained, Trainer::result(state), tensors);
  append(parameters.running, state.running, tensors);
  std::map<std::string, std::string> metadata = {
      {"source", "trained by this project's tram_train from random initial weights"},
      {"command", settings.command()},
      {"network", fmt::format("ResNet-{}, width {}", settings.depth, settings.width)},
      {"data", settings.data},
      {"seed", std::to_string(settings.seed)},
      {"test_accuracy", fmt::format("{:.4f}", test.accuracy())},
      {"test_images", std::to_string(test.images)}};
  if (!state.history.empty() && state.history.back().validation.images > 0)
    metadata["validation_accuracy"] = fmt::format("{:.4f}", state.history.back().validation.accuracy());
  write_safetensors(path, tensors, metadata);
}

}  // namespace tram::train
