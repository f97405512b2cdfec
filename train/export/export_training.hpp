#pragma once
#include <filesystem>

#include "train/session/trainer.hpp"

namespace tram::train {

/// Writes a trained network as safetensors: conv1.weight, bn1.weight, bn1.bias, bn1.running_mean, bn1.running_var, ...,
/// linear.bias, the names of PyTorch ResNets. Metadata: source, command, data, seed, test_accuracy (a share),
/// test_images, validation_accuracy, network.
void export_weights(const std::filesystem::path& path, const Settings& settings, const NetworkParameters& parameters,
                    const TrainState& state, const Score& test);

}  // namespace tram::train
