#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "models/quant/trained_network.hpp"
#include "train/config/settings.hpp"
#include "train/export/export_folder.hpp"
#include "train/structure/recoding.hpp"

namespace tram::train {

/// The codes of every layer that suit its multiplier, circuits[layer]: close to the weights and, as far as
/// Settings::recode_energy r says, cheap on the layer's own transitions, glitches included.
///
/// With the closest codes let E be the sum over layers of their Fisher information F times their error, and J their
/// energy. The code of each weight makes error + r (E / J) (N / F) energy a multiplication least, N the layer's
/// multiplications: one price of energy for all layers, so that layers to whose errors the loss is insensitive get the
/// cheap codes. (A layer's Fisher information counts as spread over its weights like its multiplications.)
/// Without any Fisher information F = N; a layer without, where others have some, keeps the closest codes.
Recodings find_recodings(const Settings& settings, const std::map<std::string, Netlist>& circuits,
                         const OperandsByLayer& layers);

/// A multiplier a layer: the products that its weights get. (What the trainer computes with: its weights stay as they
/// are and its tables have the codes.)
MultiplierChoice recoded_choice(const IntegerNetwork& network, const MultiplierChoice& choice,
                                const Recodings& recodings);

/// What the machine gets: weights are the values of their new codes, and biases make up for what zero points do
/// with other codes: bias += scale_x scale_w zx (sum of new codes - sum of old ones). With the plain multipliers its
/// accumulators equal those of the network before with recoded_choice.
void recode_weights(const Recodings& recodings, TrainedNetwork& network);

/// In a safetensors file, an array of codes a layer.
void write_recodings(const std::filesystem::path& path, const Recodings& recodings);
Recodings read_recodings(const std::filesystem::path& path);

}  // namespace tram::train
