#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/multiplier/netlist.hpp"
#include "models/power/transition_energy.hpp"
#include "models/quant/integer_network.hpp"
#include "models/quant/predicted_energy.hpp"
#include "train/settings.hpp"
#include "train/structure/operand_statistics.hpp"
#include "train/structure/recoding.hpp"

namespace tram::train {

/// The energy-aware term on weights: weight x (energy of the multipliers / their energy with the weights as they are),
/// as its derivative by the code of a weight, by layer (QuantisedSettings::weight_cost_slopes). With E(w) the mean energy
/// of weight code w over a layer's transitions, glitches included, and M the layer's positions, the energy of an image is
/// the sum of M E(w) over all weights; the derivative is the difference of E smoothed over w +- 4, as gradients of
/// multipliers are (DATE 2025): E jumps where bits of w change.
///
/// layers: statistics by name; circuits: the multiplier of each of them; recodings: by layer, the codes that weights are
/// stored with (E is that of the stored code), empty for weights as they are.
std::map<std::string, std::shared_ptr<const std::vector<float>>> weight_cost_slopes(
    const Settings& settings, const IntegerNetwork& network, const OperandsByLayer& layers,
    const std::map<std::string, Netlist>& circuits, const Recodings& recodings);

/// J a transition by weight code, the mean over a layer's transitions of activations.
std::vector<double> energy_by_weight(const TransitionEnergy& energy, const std::vector<OperandTransition>& transitions);

/// Energy of a network's multipliers on the transitions of its layers, beside that of the library's best exact
/// multiplier; recodings by layer, empty for weights as they are.
PredictedEnergy predicted_energy(const Settings& settings, const OperandsByLayer& layers,
                        const std::map<std::string, Netlist>& circuits, const Recodings& recodings);

/// What `multiplier: exact` is in the settings' library.
Netlist exact_netlist(const Settings& settings);

/// (S(w + 1) - S(w - 1)) / 2 with S(w) the mean of values within w +- half_width; at the ends as much as there is.
std::vector<double> smoothed_slope(const std::vector<double>& values, int half_width);

}  // namespace tram::train
