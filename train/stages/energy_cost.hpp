#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/cells/energy/exact_multiplier.hpp"
#include "models/cells/energy/transition_energy.hpp"
#include "models/multiplier/netlist.hpp"
#include "models/quant/integer_network.hpp"
#include "models/quant/predicted_energy.hpp"
#include "train/config/settings.hpp"
#include "train/quantised/quantised_layers.hpp"
#include "train/structure/operand_statistics.hpp"
#include "train/structure/recoding.hpp"

namespace tram::train {

/// The energy-aware loss, activation_energy x (energy of the multipliers of an image / their energy on the operands of
/// the calibrated fp32 network), as its derivatives by the codes of activations (QuantisedSettings).
/// E(w, p -> x) is the energy of a transition of a layer's multiplier, glitches included, w the code that the weight is
/// stored with.
///
/// With E(w) the mean over the layer's transitions and M its positions, the energy of an image is the sum of M E(w) over all
/// weights. A value x takes part, on average, in (taps inside the image / inputs) products with each of N channels, as the
/// end of one transition and the beginning of the next. Slopes are differences of E smoothed over codes +- 4, as gradients
/// of multipliers are (DATE 2025): E jumps where bits change. The lowest and the highest code have slope 0: clipped values
/// have them, and would move the ranges.
///
/// layers: statistics by name; circuits: the multiplier of each of them; recodings: by layer, the codes that weights are
/// stored with, empty for weights as they are.
CostSlopes energy_slopes(const Settings& settings, const IntegerNetwork& network, const OperandsByLayer& layers,
                         const std::map<std::string, Netlist>& circuits, const Recodings& recodings, int threads);

/// J a transition of each layer's circuit by weight code, the mean over the layer's transitions of activations.
std::map<std::string, std::vector<double>> energies_by_weight(const Settings& settings, const OperandsByLayer& layers,
                                                              const std::map<std::string, Netlist>& circuits,
                                                              int threads);

/// Energy of a network's multipliers on the transitions of its layers, beside that of the library's best exact
/// multiplier; recodings by layer, empty for weights as they are. Layers with weights only, as everywhere here: products
/// of attention are not counted.
PredictedEnergy predicted_energy(const Settings& settings, const OperandsByLayer& layers,
                                 const std::map<std::string, Netlist>& circuits, const Recodings& recodings,
                                 int threads);

/// What `multiplier: exact` is in the settings' library.
ExactMultiplier library_exact(const Settings& settings, int threads);

/// Derivative by an activation's code of the energy, J, of the two transitions that end and begin with it, a mean for each
/// code v: over the transitions of which one end lies within v +- 16, that end moved to v - 1 and to v + 1.
std::vector<double> energy_slope_by_activation(const TransitionEnergy& energy,
                                               const std::vector<OperandTransition>& transitions);

}  // namespace tram::train
