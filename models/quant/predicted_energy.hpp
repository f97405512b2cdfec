#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace tram {

struct TrainedNetwork;

/// Energy of the multipliers that a training predicts on its own images, glitches included, without loads of weights.
struct PredictedEnergy {
  std::string library;     ///< as a scenario names it: "asap7" or a Liberty file
  double joule_a_mac = 0;  ///< J, the mean over the multiplications of layers with weights
  double ratio = 0;        ///< to the library's best exact multiplier on the same operands, weights not recoded
};

/// Keeps it among the network's notes: predicted_library, predicted_joule_a_mac, predicted_ratio.
void add_prediction(TrainedNetwork& network, const PredictedEnergy& predicted);

/// Reads it from there; nothing where there is none. InputError naming `file` and the note that is not a number above 0.
std::optional<PredictedEnergy> prediction(const TrainedNetwork& network, const std::filesystem::path& file);

}  // namespace tram
