#include "train/export/export_training.hpp"

#include "models/network/vit.hpp"
#include "models/support/error.hpp"
#include "train/export/values_file.hpp"

namespace tram::train {

void export_weights(const std::filesystem::path& path, const Settings& settings, const NetworkParameters& parameters,
                    const TrainState& state, const Score& test) {
  std::map<std::string, std::string> metadata = {
      {"source", "trained by this project's tram_train from random initial weights"},
      {"command", settings.command()},
      {"network", settings.is_resnet() ? fmt::format("ResNet-{}, width {}", settings.depth, settings.width)
                                       : settings.network_name()},
      {"data", name_of(settings.data)},
      {"seed", std::to_string(settings.seed)},
      {"test_accuracy", fmt::format("{:.4f}", test.accuracy())},
      {"test_images", std::to_string(test.images)}};
  if (const auto heads = attention_heads(settings.graph())) metadata["num_heads"] = std::to_string(*heads);
  if (!state.history.empty() && state.history.back().validation.images > 0)
    metadata["validation_accuracy"] = fmt::format("{:.4f}", state.history.back().validation.accuracy());
  write_values(path, {{parameters.trained, Trainer::result(state)}, {parameters.running, state.running}}, metadata);
}

}  // namespace tram::train
